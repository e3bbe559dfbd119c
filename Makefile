# The main targets are bench, test, check and report; see README.md.
MAKEFLAGS += --warn-undefined-variables
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := build

# The sweep of `make bench`. RESULTS is the results file. The results of REPORT.md are
# never replaced: if results/loopback.jsonl (lab.jsonl, ec2.jsonl) exists, a run gets a
# dated name beside it. RESUME=1 resumes RESULTS or, without it, the newest dated run.
NODES ?= 8
CLIENTS ?= 1-8
OPS ?= 100000
WARMUP ?= 1000,2s
VALUE_BYTES ?= 32
TRIALS ?= 1
PLACEMENT ?= separate
RESUME ?=

WHERE := $(or $(firstword $(patsubst bench-%,%,$(filter bench-lab bench-ec2 bench-rates bench-pacing bench-truth bench-verdict bench-peers bench-clients,$(MAKECMDGOALS)))),loopback)
PUBLISHED := results/$(WHERE).jsonl
# bench-peers writes two files, RESULTS with -closed and -open.
DATED := $(sort $(subst -closed.jsonl,.jsonl,$(subst -open.jsonl,.jsonl,$(wildcard results/$(WHERE)-20*.jsonl))))
NOW := $(shell date -u +%Y%m%dT%H%M%SZ)
ifdef RESUME
RESULTS ?= $(or $(lastword $(DATED)),$(error RESUME: no dated run in results/ to resume; name the file with RESULTS=))
else
RESULTS ?= $(if $(wildcard $(PUBLISHED) $(PUBLISHED:.jsonl=-closed.jsonl)),results/$(WHERE)-$(NOW).jsonl,$(PUBLISHED))
endif

# RTT is the round trip between the hosts of `make bench-lab`, EC2 the flags of
# `provision ec2` for `make bench-ec2`.
RTT ?= 500us
EC2 ?=

# GOARCH of the hosts of `make bench-ec2`: amd64, or arm64 for types such as c7g.large.
HOST_ARCH ?= amd64

# If the hosts need another executable than this machine, executables for Linux are
# built beside the local one.
FOR_HOSTS :=
ifneq ($(shell go env GOOS)/$(shell go env GOARCH),linux/$(HOST_ARCH))
FOR_HOSTS := --host-executable dhtbench-linux-$(HOST_ARCH)
build: dhtbench-linux-amd64 dhtbench-linux-arm64
endif

.PHONY: build dhtbench-linux-amd64 dhtbench-linux-arm64 build-provision bench bench-lab bench-ec2 bench-rates bench-pacing bench-truth bench-verdict bench-peers bench-clients report test check fuzz clean

# GOAMD64=v1 because the executable also runs on the hosts, and c3.large has a processor
# of 2013. Without symbols, the upload to them is a third smaller.
build:
	CGO_ENABLED=0 GOAMD64=v1 go build -buildvcs=auto -ldflags='-s -w' -o dhtbench .

dhtbench-linux-amd64 dhtbench-linux-arm64: dhtbench-linux-%:
	CGO_ENABLED=0 GOOS=linux GOARCH=$* GOAMD64=v1 go build -buildvcs=auto -o $@ .

BENCH = ./dhtbench bench --clients $(CLIENTS) --ops $(OPS) --warmup $(WARMUP) \
	--value-bytes $(VALUE_BYTES) --trials $(TRIALS) --placement $(PLACEMENT) --results $(RESULTS) $(if $(RESUME),--resume)

bench: build
	$(BENCH) --nodes $(NODES)
	./dhtbench plot $(RESULTS)

build-provision:
	CGO_ENABLED=0 go build -buildvcs=auto -o provision/provision ./provision

# The same on $(NODES) hosts made of namespaces on this machine, with round trip RTT; needs root.
bench-lab: build build-provision
	provision/provision lab --nodes $(NODES) --rtt $(RTT) -- $(BENCH)
	./dhtbench plot $(RESULTS)

# The same on $(NODES) c3.large of EC2. This costs money: see provision/ec2/README.md.
bench-ec2: build build-provision
	provision/provision ec2 --nodes $(NODES) $(EC2) -- $(BENCH) $(FOR_HOSTS)
	./dhtbench plot $(RESULTS)

# Latency against the offered rate on this machine, up to where it is not sustained.
RATES ?= 2000-30000:2000
DURATION ?= 5s
bench-rates: build
	./dhtbench bench --nodes $(NODES) --clients 1 --workload ycsb-b --records 10000 --rate $(RATES) --duration $(DURATION) \
		--breakdown --trials $(TRIALS) --results $(RESULTS) $(if $(RESUME),--resume)
	./dhtbench plot $(RESULTS)

# How late operations are sent, with precise pacing and with the runtime's timers.
bench-pacing: build
	./dhtbench bench --nodes 1 --clients 1 --workload ycsb-c --records 1000 --rate 1000,2000,5000,10000,20000 --arrivals constant \
		--duration $(DURATION) --pacing both --no-baseline --trials $(TRIALS) --results $(RESULTS) $(if $(RESUME),--resume)
	./dhtbench plot $(RESULTS)

# Three ways to measure a node that stalls, whose true response times are known: an open
# loop, an open loop timed from the send, and a closed loop. 100.618 starts in a period,
# an integer plus the golden section, spread the starts evenly over it. A second file is
# of an open loop at a node that does at most 1,000 operations per second.
TRUTH = ./dhtbench bench --nodes 1 --clients 1 --workload ycsb-c --records 10 --warmup 0 --no-baseline
STALLED = $(TRUTH) --stall 600ms/1s
PACED = --rate 100.618034 --arrivals constant --duration 120s
OVERLOAD = --service-time 1ms --rate 1500 --arrivals constant --inflight 1 --duration 1s --trials 6
OVERLOADED = $(basename $(RESULTS))-overload.jsonl
bench-truth: build
	@for file in $(RESULTS) $(OVERLOADED); do \
		test ! -e $$file || { echo "$$file already exists; name another file with RESULTS="; exit 1; }; \
	done
	rm -f $(RESULTS).open $(RESULTS).send $(RESULTS).closed
	$(STALLED) $(PACED) --inflight 256 --results $(RESULTS).open
	$(STALLED) $(PACED) --inflight 1 --results $(RESULTS).send
	$(STALLED) --duration 30s --results $(RESULTS).closed
	$(TRUTH) $(OVERLOAD) --results $(OVERLOADED)
	cat $(RESULTS).open $(RESULTS).send $(RESULTS).closed >$(RESULTS)
	rm $(RESULTS).open $(RESULTS).send $(RESULTS).closed
	./dhtbench plot $(RESULTS) $(OVERLOADED)

# How often verdicts are wrong: healthy trials and injected faults, in turn.
REPEATS ?= 20
bench-verdict: build
	./dhtbench study --repeats $(REPEATS) --results $(RESULTS) $(if $(RESUME),--resume)
	./dhtbench plot $(RESULTS)

# The DHT beside redis-server, memcached and null servers, in turn: a closed loop, then
# an open loop at three rates. Needs Debian's redis-server and memcached.
PEERS = ./dhtbench bench --target dht,redis,memcached,null:dht,null:redis,null:memcached --nodes 1 \
	--workload ycsb-c --records 100000 --duration 2s --warmup 500ms --trials $(TRIALS) $(if $(RESUME),--resume)
bench-peers bench-clients: TRIALS = 6
bench-peers: CLOSED = $(RESULTS:.jsonl=-closed.jsonl)
bench-peers: OPEN = $(RESULTS:.jsonl=-open.jsonl)
bench-peers: build
	$(PEERS) --clients 1,8,50 --results $(CLOSED)
	$(PEERS) --clients 8 --rate 5000,10000,20000 --results $(OPEN)
	./dhtbench plot $(CLOSED) $(OPEN)

# How late operations are sent at one rate by more and more clients.
bench-clients: build
	./dhtbench bench --nodes 1 --clients 1,4,16,64,256 --workload ycsb-c --records 1000 --rate 20000 --inflight 64 \
		--duration 2s --warmup 1s --no-baseline --trials $(TRIALS) --results $(RESULTS) $(if $(RESUME),--resume)
	./dhtbench plot $(RESULTS)

report: build
	./dhtbench report

# All tests, one package after the other, so that no two measure at the same time. Vet is
# part of check.
test:
	go test -p 1 -vet=off -timeout 30m ./...

# The race detector runs the tests of these packages, whose goroutines share memory. Of
# the tests of whole programs it runs one for each combination of goroutines; the others
# differ only in how processes are reached or killed. plots starts no goroutines.
# provision/lab is left out because its switch would be too slow to keep the round trip,
# and provision/ec2 because its SDK takes minutes to compile.
RACED := ./bench/... ./node ./provision/host ./results
RACED_PROGRAMS := ^(TestCommands|TestTargetsInOneSweep|TestStudyInjectsFaults|TestInterruptedTrialIsPartlyKept|TestBenchLeavesOutASettingWhoseProcessEnded)$$
# Skipped because it reads large results files, which takes long.
UNRACED := ^TestShowSeparatesSweeps$$

# Formatting, vet, staticcheck, other platforms and tests with the race detector. Tests run
# on linux/amd64 only. Nothing in the SDK of EC2, which takes a minute to build, depends
# on the platform: one build of it is enough.
# GORACE: programs with the race detector sleep a second before they exit by default.
check: export GORACE = atexit_sleep_ms=0
check:
	@unformatted=$$(gofmt -l .); if [ -n "$$unformatted" ]; then echo "not gofmt-ed:"; echo "$$unformatted"; exit 1; fi
	go vet ./...
	go tool staticcheck ./...
	go mod tidy -diff
	CGO_ENABLED=0 GOOS=linux GOARCH=arm64 go build . ./provision/lab
	CGO_ENABLED=0 GOOS=darwin GOARCH=arm64 go build ./...
	go test -p 1 -vet=off -timeout 20m -race -skip '$(UNRACED)' $(RACED)
	go test -vet=off -timeout 20m -race -run '$(RACED_PROGRAMS)' .

# Run each fuzz target for FUZZTIME.
FUZZTIME ?= 20s
fuzz:
	@for package in node bench bench/target bench/workload results plots; do \
		for target in $$(go test -list '^Fuzz' ./$$package | grep ^Fuzz); do \
			echo "$$package $$target"; go test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) ./$$package; \
		done; \
	done

clean:
	rm -f dhtbench dhtbench-linux-amd64 dhtbench-linux-arm64
