package node

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"time"
)

// The pauses after a failed accept, as without free file descriptors: the first
// one, which doubles up to the last one.
const (
	firstPause = 5 * time.Millisecond
	lastPause  = time.Second
)

// defaultGrace is the Grace of a Server if none is given.
const defaultGrace = 5 * time.Second

// Server answers requests on TCP connections from a Table. Set its fields
// before Serve; its zero value works.
type Server struct {
	// Table is what it serves. Nil: a new Store.
	Table Table

	// Stall is a fault to inject. The zero value is none.
	Stall Stall

	// Log is for the operator's messages. Nil: none.
	Log *slog.Logger

	// Grace bounds the time from the end of Serve's context to its return, for
	// peers that do not read their last replies. 0: 5 s.
	Grace time.Duration

	stalls *stallQueue // nil: without Stall

	mu       sync.Mutex
	sessions map[*session]struct{} // open connections
	draining bool                  // no session may begin any more
	wg       sync.WaitGroup        // counts sessions
}

// Serve accepts connections from ln and answers the requests of each on a
// goroutine of its own, until ctx is done. Then it stops accepting, answers the
// requests that were already sent, closes every connection and returns nil
// within about Grace. It closes ln in any case. Its error is that of a closed ln
// or an invalid Stall. Call it once.
func (s *Server) Serve(ctx context.Context, ln net.Listener) error {
	if s.Table == nil {
		s.Table = NewStore()
	}
	if s.Log == nil {
		s.Log = slog.New(slog.DiscardHandler)
	}
	if s.Grace == 0 {
		s.Grace = defaultGrace
	}
	if s.Stall != (Stall{}) {
		queue, err := newStallQueue(ctx, s.Stall)
		if err != nil {
			ln.Close()
			return err
		}
		s.stalls = queue
	}
	s.sessions = make(map[*session]struct{})
	stop := context.AfterFunc(ctx, func() { ln.Close() })
	defer stop()

	err := s.accept(ctx, ln)
	ln.Close()
	s.drain()
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// accept begins a session for every connection until ctx is done or ln is
// closed. After other errors it tries again, with growing pauses.
func (s *Server) accept(ctx context.Context, ln net.Listener) error {
	pause := firstPause
	for {
		conn, err := ln.Accept()
		if err == nil {
			pause = firstPause
			s.begin(conn)
			continue
		}
		if ctx.Err() != nil || errors.Is(err, net.ErrClosed) {
			return fmt.Errorf("accept on %s: %w", ln.Addr(), err)
		}
		s.Log.Warn("accept connection", "err", err, "again_in", pause)
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
		pause = min(2*pause, lastPause)
	}
}

// begin serves conn on a new goroutine.
func (s *Server) begin(conn net.Conn) {
	ses := newSession(s.Table, s.stalls, conn)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.draining {
		conn.Close()
		return
	}
	s.sessions[ses] = struct{}{}
	s.wg.Go(func() {
		if err := ses.serve(); err != nil {
			s.Log.Debug("connection ended", "peer", conn.RemoteAddr(), "err", err)
		}
		s.mu.Lock()
		delete(s.sessions, ses)
		s.mu.Unlock()
		conn.Close()
	})
}

// drain finishes all sessions and waits for them. After Grace it closes the
// connections that are left.
func (s *Server) drain() {
	deadline := time.Now().Add(s.Grace)
	s.mu.Lock()
	s.draining = true
	for ses := range s.sessions {
		ses.finish(deadline)
	}
	s.mu.Unlock()

	late := time.AfterFunc(s.Grace, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.Log.Warn("close connections that do not read their replies", "connections", len(s.sessions))
		for ses := range s.sessions {
			ses.conn.Close()
		}
	})
	s.wg.Wait()
	late.Stop()
}
