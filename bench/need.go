package bench

import (
	"dhtbench/bench/workload"
	"dhtbench/results"
)

// need is the resources that the processes of a trial need on one host. All numbers are
// estimates, and rather too high than too low.
type need struct {
	files       int     // open in the process that opens most
	filesIn     string  // kind of that process: agent or server
	memoryBytes float64 // of all processes of a host
	threads     int     // of all processes of a host
	cores       int     // of the host
}

// Open files of a process besides the connections of clients: up to 13 were counted in
// an agent, 14 in a node. A server of another store reserves some.
const (
	agentFiles  = 16
	serverFiles = 16
	storeFiles  = 64
	// filesPerProcess is the number of files that the coordinator opens for a process
	// while it starts: both ends of 3 pipes. coordinatorFiles is the number of its
	// other files.
	filesPerProcess  = 6
	coordinatorFiles = 24
	// threadsPerProcess is the number of threads of a process besides one for each
	// processor: up to 12 were counted.
	threadsPerProcess = 16
)

// Memory in bytes, measured as the peak of resident memory on linux/amd64 with Go 1.26;
// TestEstimatesFitProcesses compares the estimates with processes.
const (
	agentBase       = 24 << 20
	serverBase      = 16 << 20
	histogramBytes  = 221 << 10
	packedBytes     = 12 << 10 // a histogram as text, while a result is sent
	connectionBytes = 16 << 10 // buffers and goroutines of either end
	slotBytes       = 1 << 10  // besides key, value and request
	entryBytes      = 24       // of a ledger, for a record
	writtenBytes    = 220      // of a ledger, for a record that clients share, while its map grows
	recordBytes     = 48       // of a node, for a record besides key and value
	storeBytes      = 128      // the same of another store
	growth          = 1.25     // of memory that grows step by step
)

// need returns what the processes of a trial need on host i.
func (f *fleet) need(w *plan, i int) need {
	n := need{cores: f.members[i].facts.Cores}
	servers := 0
	if w.Servers == "" && i < w.Nodes {
		servers = f.share(i, w.Nodes)
	}
	connections := max(w.Connections, 1)
	if w.Placement == results.EmbeddedPlacement {
		clients := (w.Clients + w.Nodes - 1) / w.Nodes // of each agent, which is a server too
		for range servers {
			n.add("agent", clients*w.Nodes+w.Clients+agentFiles, w.agentBytes(clients)+w.serverBytes())
		}
		return n
	}
	if clients := (w.Clients - i + f.size() - 1) / f.size(); clients > 0 {
		n.add("agent", clients*w.Nodes*connections+agentFiles, w.agentBytes(clients))
	}
	files := serverFiles
	if w.Store() != results.DHT && !results.IsNull(w.Target) {
		files = storeFiles
	}
	for range servers {
		n.add("server", w.Clients*connections+files, w.serverBytes())
	}
	return n
}

// add adds a process with its number of open files and its memory in bytes.
func (n *need) add(process string, files int, memory float64) {
	if files > n.files {
		n.files, n.filesIn = files, process
	}
	n.memoryBytes += memory
	n.threads += threadsPerProcess + n.cores
}

// agentBytes estimates the memory of an agent in bytes. Histograms count twice: those
// of the previous phase, or copies made for the result, may not have been collected
// yet.
func (w *plan) agentBytes(clients int) float64 {
	histograms := 1
	if w.open() {
		histograms += 3 // response, lag, no reply
	}
	if w.mixed() {
		histograms += len(workload.Ops())
	}
	if w.Breakdown {
		histograms += 3
	}
	size := histogramBytes
	if w.expected() <= fewOperations {
		size = 8 * (2*w.expected() + fewOperations/8)
	}
	message := float64(w.KeyBytes + w.options.Values.Max())
	each := float64(histograms*(2*size+packedBytes)) +
		w.ledgerBytes() +
		float64(w.slots())*(slotBytes+3*message) +
		float64(w.Nodes*max(w.Connections, 1))*(connectionBytes+message)
	return agentBase + float64(clients)*each + w.timelineBytes(clients)
}

// done estimates the number of operations of a client, with the warm-up, up to the end
// of a phase.
func (w *plan) done() float64 { return float64(w.warmups() + w.expected()) }

// ledgerBytes estimates the memory of a client's ledger in bytes.
func (w *plan) ledgerBytes() float64 {
	if !w.mixed() {
		if done := w.done(); done <= maxReserved {
			return growth * entryBytes * done
		}
		return 2 * growth * entryBytes * w.done() // copied as it grows
	}
	writes, inserts := w.options.Mix.Writes()
	if w.Clients == 1 {
		return entryBytes * (float64(w.Records) + 2*growth*inserts*w.done())
	}
	written := min(float64(w.Records)+inserts*w.done(), float64(w.Records/w.Clients)+writes*w.done())
	return writtenBytes * written
}

// timelineBytes estimates the memory of an agent's timeline in bytes: a histogram for
// each slice, and points that are not counted yet.
func (w *plan) timelineBytes(clients int) float64 {
	if !w.open() {
		return 0
	}
	count := min(float64(w.DurationNS)/float64(sliceLength)+1, maxSlices)
	points := 16 * min(4*pointsTogether, float64(w.expected()+1)) * float64(clients)
	slice := min(histogramBytes, 16*float64(w.expected()*clients)/count)
	return count*(slice+packedBytes) + points
}

// serverBytes estimates the memory of one server in bytes.
func (w *plan) serverBytes() float64 {
	connections := float64(w.Clients*max(w.Connections, 1)) * (connectionBytes + float64(w.KeyBytes+w.options.Values.Max()))
	if results.IsNull(w.Target) {
		return serverBase + connections
	}
	records := float64(w.Clients) * w.done()
	if w.mixed() {
		_, inserts := w.options.Mix.Writes()
		records = float64(w.Records) + inserts*records
	}
	record := float64(w.KeyBytes) + w.options.Values.Mean() + recordBytes
	if w.Store() != results.DHT {
		record += storeBytes - recordBytes
	}
	return serverBase + connections + growth*record*records/float64(w.Nodes)
}
