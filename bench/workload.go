package bench

import (
	"errors"
	"fmt"
	"time"

	"dhtbench/node"
	"dhtbench/results"
)

// Loops.
const (
	// Closed: a client sends its next operation when it has the reply to the
	// last.
	Closed = results.ClosedLoop
	// Open: operations start on a schedule, whatever becomes of those before.
	Open = results.OpenLoop
)

// workload is what the clients of a trial do, as its parameters say: a function
// of those alone, on every platform.
type workload struct {
	results.Params
	mix   Mix // of a mixture alone
	keys  Keys
	sizes Sizes
}

// newWorkload reads the parameters and returns all their faults at once.
func newWorkload(p results.Params) (workload, error) {
	w := workload{Params: p}
	faults := []error{checkSizes(p), w.readSizes(), w.readMix(), checkRate(p)}
	return w, errors.Join(faults...)
}

// mixed reports whether operations of all kinds come mixed, instead of one kind
// after the other.
func (w *workload) mixed() bool { return w.Workload != "" }

// open reports whether operations start on a schedule.
func (w *workload) open() bool { return w.Loop == Open }

// warmups is how many operations of a phase each client does before it is
// recorded; 0 in a closed loop that warms up for a time.
func (w *workload) warmups() int {
	if w.open() && w.WarmupNS > 0 {
		return int(w.RateOpsPerS / float64(w.Clients) * float64(w.WarmupNS) / 1e9)
	}
	return w.Warmup
}

// expected is about how many operations a client will do in a phase.
func (w *workload) expected() int {
	if w.Operations > 0 {
		return w.Operations
	}
	return closedGuess * int(max(w.DurationNS/int64(time.Second), 1))
}

// closedGuess is an operations per second of a client, to set memory aside for.
const closedGuess = 20_000

// shared reports whether several clients write the same keys.
func (w *workload) shared() bool { return w.mixed() && w.Clients > 1 }

// ledgerOptions is what the ledger of a client has to know.
func (w *workload) ledgerOptions(client int) ledgerOptions {
	return ledgerOptions{
		writer: uint32(client), shared: w.shared(), deletes: w.mix.deletes(),
		long: w.sizes.Min() >= valueHead, loaded: uint64(w.Records),
	}
}

const (
	// minKeyBytes is the length of the part of a key that makes it unique: 48
	// bits, 6 to a character.
	minKeyBytes = 8
	keyBits     = 6 * minKeyBytes
	// maxOperations bounds the operations of a client, and with them the memory
	// for what it knows of its keys.
	maxOperations = 100_000_000
	maxRecords    = 10_000_000
)

// fault makes an error of a flag that is not as it must be.
func fault(bad bool, format string, args ...any) error {
	if !bad {
		return nil
	}
	return fmt.Errorf(format, args...)
}

// checkSizes returns the faults of the numbers of a workload.
func checkSizes(p results.Params) error {
	return errors.Join(
		fault(p.Operations < 0 || p.Operations > maxOperations, "--ops %d: must be 1 to %d", p.Operations, maxOperations),
		fault(p.Operations == 0 && p.DurationNS == 0, "--ops 0: must be at least 1, unless --duration says how long"),
		fault(p.DurationNS < 0, "--duration %v: must be above 0", time.Duration(p.DurationNS)),
		fault(p.Warmup < 0 || p.Warmup > maxOperations, "--warmup %d: must be 0 to %d", p.Warmup, maxOperations),
		fault(p.WarmupNS < 0, "--warmup %v: must not be negative", time.Duration(p.WarmupNS)),
		fault(p.KeyBytes < minKeyBytes || p.KeyBytes > node.MaxKey,
			"--key-bytes %d: must be %d (to keep the keys of all clients apart) to %d (the node's limit)", p.KeyBytes, minKeyBytes, node.MaxKey),
		fault(p.ValueBytes < 0 || p.ValueBytes > node.MaxValue,
			"--value-bytes %d: must be 0 to %d (the node's limit)", p.ValueBytes, node.MaxValue),
	)
}

// readSizes reads how long values are.
func (w *workload) readSizes() error {
	text := w.ValueSizes
	if text == "" {
		text = fmt.Sprint(min(max(w.ValueBytes, 0), node.MaxValue)) // its faults are told already
	}
	if err := w.sizes.UnmarshalText([]byte(text)); err != nil {
		return fmt.Errorf("--value-bytes: %w", err)
	}
	return nil
}

// readMix reads the mixture, if there is one, and how its keys are chosen.
func (w *workload) readMix() error {
	if !w.mixed() {
		return errors.Join(
			fault(w.Keys != "", "--keys %s: without --workload each key is used once", w.Keys),
			fault(w.Params.Loop == Closed && w.DurationNS > 0, "--duration: without --workload or --rate say with --ops how much there is to do"),
			fault(w.Params.Loop == Closed && w.WarmupNS > 0, "--warmup %v: without --workload or --rate say how many operations", time.Duration(w.WarmupNS)))
	}
	if err := w.mix.UnmarshalText([]byte(w.Workload)); err != nil {
		return fmt.Errorf("--workload: %w", err)
	}
	w.keys = w.mix.defaultKeys()
	if w.Params.Keys != "" {
		if err := w.keys.UnmarshalText([]byte(w.Params.Keys)); err != nil {
			return fmt.Errorf("--keys: %w", err)
		}
	}
	return fault(w.Records < 1 || w.Records > maxRecords, "--records %d: must be 1 to %d", w.Records, maxRecords)
}

// checkRate returns the faults of what concerns the open loop.
func checkRate(p results.Params) error {
	if p.Loop != Open {
		return fault(p.Breakdown, "--anatomy: needs --rate")
	}
	return errors.Join(
		fault(p.DurationNS > 0 && p.RateOpsPerS*float64(p.DurationNS)/1e9 < float64(p.Clients),
			"--duration %v: at %v operations/s not even one for each of %d clients", time.Duration(p.DurationNS), p.RateOpsPerS, p.Clients),
		fault(!(p.RateOpsPerS > 0) || p.RateOpsPerS > maxRate, "--rate %v: must be above 0 and at most %d", p.RateOpsPerS, maxRate),
		fault(p.Inflight < 1 || p.Inflight > maxInflight, "--inflight %d: must be 1 to %d", p.Inflight, maxInflight),
		fault(p.Placement == Embedded, "--placement embedded: goes with a closed loop only, in which no client waits for a network that is not there"))
}

// Bounds of the open loop.
const (
	maxRate     = 10_000_000
	maxInflight = 256
)
