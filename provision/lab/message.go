package lab

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"dhtbench/provision/host"
)

// spec is what init is told first: the lab to make.
type spec struct {
	Nodes int           `json:"nodes"`
	RTT   time.Duration `json:"rtt_ns"` // 0: no delay
	Argv  []string      `json:"argv"`
	Dir   string        `json:"dir"` // an empty directory that is the lab's own
	SSH   string        `json:"ssh"` // path of the client
	SSHD  string        `json:"sshd"`
	// Processor is for the switch alone; the lab's other processes may not use
	// it. -1: none is.
	Processor int `json:"processor"`
}

// report is init's last word. The zero value is the command's success.
type report struct {
	Status int    `json:"status,omitempty"` // the command ran and ended with it
	Fault  string `json:"fault,omitempty"`  // what else went wrong
}

// order is one line to the switch or to a host. Each is answered with one line,
// except "serve", which turns the process into sshd.
type order struct {
	Do string `json:"do"`

	// furnish: a host's first order.
	Port       port   `json:"port,omitempty"`
	Nodes      int    `json:"nodes,omitempty"`
	HostKey    []byte `json:"host_key,omitempty"`   // private, as sshd reads it
	Authorized []byte `json:"authorized,omitempty"` // the one key that may log in
	SSHD       string `json:"sshd,omitempty"`

	// probe: measure so many round trips to an echo.
	Echo  string `json:"echo,omitempty"`
	Count int    `json:"count,omitempty"`

	// attach: the process that holds the namespace of each port.
	PIDs map[port]int `json:"pids,omitempty"`
	// attach, delay: how long a frame stays in the switch; attach with a
	// negative one lets frames through as fast as the kernel can.
	Delay time.Duration `json:"delay_ns,omitempty"`
}

// answer is one line in reply to an order.
type answer struct {
	PID        int             `json:"pid,omitempty"`         // furnish, attach: the answering process's
	RoundTrips []time.Duration `json:"round_trips,omitempty"` // probe
	Frames     *Frames         `json:"frames,omitempty"`      // frames
}

// Frames says what a switch that delays did.
type Frames struct {
	Forwarded int64 `json:"forwarded"`
	Dropped   int64 `json:"dropped"` // for want of room, here or at the destination
	// Lag is how long after its due time a frame was sent.
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

// hear waits for the answer to an order.
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

// ask sends an order and waits for its answer.
func ask(ctx context.Context, p *host.Process, o order) (answer, error) {
	if err := tell(p, o); err != nil {
		return answer{}, err
	}
	return hear(ctx, p)
}
