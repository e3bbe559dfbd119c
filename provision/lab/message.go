package lab

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"dhtbench/provision/host"
)

// spec describes the lab for init.
type spec struct {
	Nodes int           `json:"nodes"`
	RTT   time.Duration `json:"rtt_ns"` // 0: no delay
	Argv  []string      `json:"argv"`
	Dir   string        `json:"dir"` // the run directory, empty
	SSH   string        `json:"ssh"` // path of the client
	SSHD  string        `json:"sshd"`
	// Processor is reserved for the switch; -1: none.
	Processor int `json:"processor"`
}

// report is the result of init. The zero value means success.
type report struct {
	Status int    `json:"status,omitempty"` // exit status of the command
	Fault  string `json:"fault,omitempty"`  // any other error
}

// order is a line to the switch or a host. The reply is one line, except for
// "serve", which executes sshd.
type order struct {
	Do string `json:"do"`

	// furnish: make a host.
	Port       port   `json:"port,omitempty"`
	Nodes      int    `json:"nodes,omitempty"`
	HostKey    string `json:"host_key,omitempty"`   // private key file
	Authorized string `json:"authorized,omitempty"` // public key that may log in
	SSHD       string `json:"sshd,omitempty"`

	// probe: measure round trips to an echo server.
	Echo  string `json:"echo,omitempty"`
	Count int    `json:"count,omitempty"`

	// attach: a process in the namespace of each port.
	PIDs map[port]int `json:"pids,omitempty"`
	// attach, delay: the delay of each frame; if negative, attach uses a bridge of
	// the kernel.
	Delay time.Duration `json:"delay_ns,omitempty"`
}

// answer is the reply to an order.
type answer struct {
	PID        int             `json:"pid,omitempty"`         // furnish, attach: of the answering process
	RoundTrips []time.Duration `json:"round_trips,omitempty"` // probe
	Frames     *frames         `json:"frames,omitempty"`      // frames
}

// frames are the statistics of a switch that delays.
type frames struct {
	Forwarded int64 `json:"forwarded"`
	Dropped   int64 `json:"dropped"` // the queue or the destination was full
	// The lag is the time from a frame's due time until it was sent.
	LagP50 time.Duration `json:"lag_p50_ns"`
	LagP99 time.Duration `json:"lag_p99_ns"`
	LagMax time.Duration `json:"lag_max_ns"`
}

// tell sends an order.
func tell(p *host.Process, o order) error {
	line, err := json.Marshal(o)
	if err != nil {
		return fmt.Errorf("write order: %w", err)
	}
	return p.Send(line)
}

// hear waits for an answer.
func hear(ctx context.Context, p *host.Process) (answer, error) {
	var a answer
	line, err := p.Receive(ctx)
	if err != nil {
		return a, err
	}
	if err := json.Unmarshal(line, &a); err != nil {
		return a, fmt.Errorf("%s answered %q: %w", p.Label(), line, err)
	}
	return a, nil
}

// ask sends an order and waits for the answer.
func ask(ctx context.Context, p *host.Process, o order) (answer, error) {
	if err := tell(p, o); err != nil {
		return answer{}, err
	}
	return hear(ctx, p)
}
