# The front doors are bench, test, check and report; see README.md.
MAKEFLAGS += --warn-undefined-variables
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := build

# The sweep of `make bench`. RESULTS is where it goes. What was measured for
# REPORT.md is never replaced: where results/loopback.jsonl is there already, a
# run gets a dated name beside it. RESUME=1 goes on with RESULTS, or else with
# the newest.
NODES ?= 8
CLIENTS ?= 1-8
OPS ?= 100000
TRIALS ?= 1
PLACEMENT ?= separate
RESUME ?=

PUBLISHED := results/loopback.jsonl
DATED := $(sort $(wildcard results/loopback-20*.jsonl))
NOW := $(shell date -u +%Y%m%dT%H%M%SZ)
ifdef RESUME
RESULTS ?= $(lastword $(PUBLISHED) $(DATED))
else
RESULTS ?= $(if $(wildcard $(PUBLISHED)),results/loopback-$(NOW).jsonl,$(PUBLISHED))
endif

.PHONY: build bench report test check fuzz clean

build:
	CGO_ENABLED=0 go build -buildvcs=auto -o dhtbench .

bench: build
	./dhtbench bench --nodes $(NODES) --clients $(CLIENTS) --ops $(OPS) --trials $(TRIALS) \
		--placement $(PLACEMENT) --results $(RESULTS) $(if $(RESUME),--resume)
	./dhtbench plot $(RESULTS)

report: build
	./dhtbench report

test:
	go test ./...

# All that test does, with the race detector, and what keeps the code in shape.
# A program under the race detector would sleep a second before it exits.
check:
	@unformatted=$$(gofmt -l .); if [ -n "$$unformatted" ]; then echo "not gofmt-ed:"; echo "$$unformatted"; exit 1; fi
	go vet ./...
	go tool staticcheck ./...
	go mod tidy -diff
	GORACE=atexit_sleep_ms=0 go test -race ./...

# Each fuzz target for FUZZTIME.
FUZZTIME ?= 20s
fuzz:
	@for package in node bench results plots; do \
		for target in $$(go test -list '^Fuzz' ./$$package | grep ^Fuzz); do \
			echo "$$package $$target"; go test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) ./$$package; \
		done; \
	done

clean:
	rm -f dhtbench
