package bench

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"dhtbench/bench/target"
	"dhtbench/bench/workload"
	"dhtbench/results"
)

// plan is what the clients of a trial do. It depends only on the parameters, on
// every platform.
type plan struct {
	results.Params
	options workload.Options
	target  target.Target
}

// newPlan makes the plan of p, or returns all errors in p.
func newPlan(p results.Params) (plan, error) {
	t, err := target.Named(p.Store(), p.Breakdown)
	if err != nil {
		return plan{}, err
	}
	w := plan{Params: p, target: t}
	w.options = workload.Options{Seed: p.WorkloadSeed(), Clients: p.Clients, KeyBytes: p.KeyBytes, Records: p.Records,
		FailedPutRemoves: t.Limits().FailedPutRemoves}
	errs := []error{w.checkSizes(), w.readSizes(), w.readMix(), w.checkRate(), w.checkTarget()}
	w.options.KeysPerClient = w.keysPerClient()
	return w, errors.Join(errs...)
}

// mixed reports whether the workload is a mix, not one operation kind after the
// other.
func (w *plan) mixed() bool { return w.Workload != "" }

// open reports whether operations start on a schedule.
func (w *plan) open() bool { return w.Open() }

// slots is the number of operations that a client can have in flight at once.
func (w *plan) slots() int {
	if w.open() {
		return w.Inflight
	}
	return w.ClosedInflight()
}

// warmups bounds the keys of each client that the warm-up of a phase uses.
func (w *plan) warmups() int {
	if w.open() {
		return int(2*w.RateOpsPerS/float64(w.Clients)*float64(w.WarmupNS)/1e9) + 100
	}
	return w.Warmup
}

// manyKeys is more than the keys that a client can use in a phase of any length.
const manyKeys = 1 << 32

func (w *plan) keysPerClient() int {
	if w.open() {
		return manyKeys
	}
	return w.Operations + w.Warmup
}

// expected estimates the operations of a client in a phase.
func (w *plan) expected() int {
	seconds := float64(w.DurationNS) / 1e9
	switch {
	case w.open():
		return int(w.RateOpsPerS / float64(w.Clients) * seconds)
	case w.Operations > 0:
		return w.Operations
	}
	return int(closedGuess * seconds)
}

// closedGuess is the assumed operations per second of a client in a closed loop, to
// reserve memory.
const closedGuess = 20_000

const (
	// maxOperations bounds the operations of a client, and with them the memory
	// for what it knows of its keys.
	maxOperations = 100_000_000
	maxRecords    = 10_000_000
	// Bounds of the open loop.
	maxRate     = 10_000_000
	maxInflight = 256
	// maxConnections bounds the connections of a client to one server.
	maxConnections = 1024
)

// refuse returns an error of a flag if bad, else nil.
func refuse(bad bool, format string, args ...any) error {
	if !bad {
		return nil
	}
	return fmt.Errorf(format, args...)
}

// checkSizes checks the numbers of a workload.
func (w *plan) checkSizes() error {
	limits := w.target.Limits()
	return errors.Join(
		refuse(w.Operations < 0 || w.Operations > maxOperations, "--ops %d: must be 1 to %d", w.Operations, maxOperations),
		refuse(w.Operations == 0 && w.DurationNS == 0, "--ops 0: must be at least 1, unless --duration is given"),
		refuse(w.DurationNS < 0, "--duration %v: must be above 0", time.Duration(w.DurationNS)),
		refuse(w.Warmup < 0 || w.Warmup > maxOperations, "--warmup %d: must be 0 to %d", w.Warmup, maxOperations),
		refuse(w.Connections < 0 || w.Connections > maxConnections, "--connections %d: must be 1 to %d", w.Connections, maxConnections),
		refuse(w.Pipeline < 0 || w.Pipeline > maxInflight, "--pipeline %d: must be 1 to %d", w.Pipeline, maxInflight),
		refuse(w.WarmupNS < 0, "--warmup %v: must not be negative", time.Duration(w.WarmupNS)),
		refuse(w.KeyBytes < workload.MinKeyBytes || w.KeyBytes > limits.MaxKey,
			"--key-bytes %d: must be %d to %d%s", w.KeyBytes, workload.MinKeyBytes, limits.MaxKey, w.forTarget()),
		refuse(w.ValueBytes < 0 || w.ValueBytes > limits.MaxValue,
			"--value-bytes %d: must be 0 to %d%s", w.ValueBytes, limits.MaxValue, w.forTarget()),
	)
}

// forTarget returns the part of a message that names the target of a limit. It is
// empty for dht.
func (w *plan) forTarget() string {
	if w.Target == "" {
		return ""
	}
	return " for " + w.Target
}

// null returns the sizes of values at null servers. It is empty if the target is
// not a null server.
func (w *plan) null() []int {
	if !results.IsNull(w.Target) {
		return nil
	}
	return w.options.Values.Spread(nullSizes)
}

// checkTarget refuses what the target cannot do.
func (w *plan) checkTarget() error {
	dht := w.Store() == results.DHT
	return errors.Join(
		refuse(!dht && w.Stall != "", "--stall needs --target dht"),
		refuse(!dht && w.ServiceTimeNS != 0, "--service-time needs --target dht"),
		refuse(w.Servers == "" && w.target.ServerArgs(target.Server{}) == nil, "--target %s: dhtbench cannot start its servers; name running ones with --servers", w.Target),
		refuse(!dht && w.Placement == results.EmbeddedPlacement, "--placement embedded needs --target dht"))
}

// readSizes reads how long values are.
func (w *plan) readSizes() error {
	text := w.ValueSizes
	if text == "" {
		text = fmt.Sprint(min(max(w.ValueBytes, 0), w.target.Limits().MaxValue)) // checkSizes refuses others
	}
	if err := w.options.Values.UnmarshalText([]byte(text)); err != nil {
		return fmt.Errorf("--value-bytes: %w", err)
	}
	return nil
}

// readMix reads the mix, if there is one, and how its keys are chosen.
func (w *plan) readMix() error {
	if !w.mixed() {
		return errors.Join(
			refuse(w.Keys != "", "--keys %s needs --workload; without it each key is used once", w.Keys),
			refuse(!w.open() && w.DurationNS > 0, "--duration needs --rate or --workload: give --ops %d instead, or --workload ycsb-c", defaultOps),
			refuse(!w.open() && w.WarmupNS > 0 && w.Warmup == 0, "--warmup %v needs --rate or --workload: give a number of operations instead, such as 1000", time.Duration(w.WarmupNS)))
	}
	if err := w.options.Mix.UnmarshalText([]byte(w.Workload)); err != nil {
		return fmt.Errorf("--workload: %w", err)
	}
	if w.Keys != "" {
		if err := w.options.Keys.UnmarshalText([]byte(w.Keys)); err != nil {
			return fmt.Errorf("--keys: %w", err)
		}
	}
	return refuse(w.Records < 1 || w.Records > maxRecords, "--records %d: must be 1 to %d", w.Records, maxRecords)
}

// checkRate checks what concerns the open loop.
func (w *plan) checkRate() error {
	if !w.open() {
		return refuse(w.Breakdown, "--breakdown needs --rate")
	}
	return errors.Join(
		refuse(w.RateOpsPerS*float64(w.DurationNS)/1e9 < 1,
			"--duration %v: no operation is due at %v operations/s; give at least %v", time.Duration(w.DurationNS), w.RateOpsPerS, time.Duration(1e9/w.RateOpsPerS).Round(time.Millisecond)),
		refuse(w.RateOpsPerS*float64(w.DurationNS)/1e9/float64(w.Clients) > maxOperations,
			"--rate %s for %v: must be at most %d operations per client; give more --clients or a shorter --duration",
			strconv.FormatFloat(w.RateOpsPerS, 'f', -1, 64), time.Duration(w.DurationNS), maxOperations),
		refuse(!(w.RateOpsPerS > 0) || w.RateOpsPerS > maxRate, "--rate %v: must be above 0 and at most %d", w.RateOpsPerS, maxRate),
		refuse(w.Inflight < 1 || w.Inflight > maxInflight, "--inflight %d: must be 1 to %d", w.Inflight, maxInflight),
		refuse(w.Placement == results.EmbeddedPlacement, "--placement embedded cannot be combined with --rate"))
}
