# Everything a developer types. `make help` lists it.
SHELL := /bin/bash
export GOTOOLCHAIN ?= local
GOBIN := $(CURDIR)/bin
export PATH := $(GOBIN):$(PATH)

SQLC          := github.com/sqlc-dev/sqlc/cmd/sqlc@v1.31.1
GOLANGCI_LINT := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
TEMPL         := github.com/a-h/templ/cmd/templ@v0.3.977
WORKFLOWCHECK := go.temporal.io/sdk/contrib/tools/workflowcheck@v0.6.0

GORELEASER    := github.com/goreleaser/goreleaser/v2@v2.15.1
GORELEASER_GO := go1.27.3
CYCLONEDX     := github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod@v1.10.0

.DEFAULT_GOAL := help

.PHONY: help
help: ## List what can be done
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: tools
tools: ## Install the linters and generators, pinned, in ./bin: for those who change the code
	@mkdir -p $(GOBIN)
	GOBIN=$(GOBIN) go install $(SQLC)
	GOBIN=$(GOBIN) go install $(GOLANGCI_LINT)
	GOBIN=$(GOBIN) go install $(WORKFLOWCHECK)
	GOBIN=$(GOBIN) go install $(TEMPL)

.PHONY: build
build: ## Build ./policycycle
	tools/build

.PHONY: lean
lean: ## Build ./policycycle-lean, without the Temporal server: for servers and clients
	go build -tags lean -trimpath -ldflags="-s -w" -o policycycle-lean ./cmd/policycycle

.PHONY: patiently
patiently:
	@go build -o $(GOBIN)/patiently ./tools/patiently

.PHONY: test
test: ## Run every test, on a real Temporal server and a real Postgres; what they need is installed
	./test

.PHONY: quick
quick: patiently ## Run the tests of a day's work: all but those of the whole and of the browser
	patiently -vet=off $$(go list ./... | grep -vE '/(e2e|embedded)(/|$$)')

.PHONY: cover
cover: patiently ## Show how much of each function the tests run (lines of all rooms together)
	patiently ./... -coverpkg=./... -coverprofile=cover.out
	go tool cover -func=cover.out

.PHONY: lint
lint: ## Hold the code against the linters, the nevers of the house and determinism
	golangci-lint run --allow-parallel-runners ./...
	workflowcheck -config workflowcheck.yaml ./workflows/...

.PHONY: lint-bites
lint-bites: patiently ## Show that the linters find what they are for
	patiently ./tools/... -tags lint -count=1

.PHONY: generate
generate: notices ## Generate the code of the queries and the documents that follow from code
	sqlc generate
	templ generate -path web
	go test ./config ./files ./cmd/policycycle ./api ./protocol -update

.PHONY: notices
notices: ## Write the licences of all modules that are linked into NOTICES.txt
	go run ./tools/notices

.PHONY: verify
verify: ## Show that generated code, formatting and go.mod are up to date
	sqlc diff
	templ generate -path web >/dev/null && git diff --exit-code --stat -- web
	go mod tidy -diff
	cd examples/client && go mod tidy -diff && go vet .
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { gofmt -l $$(git ls-files '*.go'); exit 1; }
	go vet ./...
	go vet -tags lean ./embedded/... ./cmd/...

# Each benchmark measures once, in rounds of its own, and keeps its figures in a file of its
# own: BENCH, a regular expression, measures some of them anew. They need Linux (/proc).
BENCH ?= .
.PHONY: bench
bench: patiently ## Measure everything, or what BENCH names, on a machine with nothing else to do
	patiently ./bench -vet=off -run '^$$' -bench '$(BENCH)' -benchtime 1x -count 1 -args -results $(CURDIR)/bench/results

.PHONY: bench-page
bench-page: ## Write docs/benchmarks.md and the ratios from what was measured
	go run ./tools/benchmarks

# What a busy machine tells well enough: ratios of one run, and counts.
.PHONY: bench-check
bench-check: patiently ## Show that nothing costs twice what it did: a short run beside the committed ratios
	@short=$$(mktemp -d) && trap 'rm -rf "$$short"' EXIT && \
	patiently ./bench -vet=off -short -run '^$$' -bench '^Benchmark(Decision|Cost)$$' -benchtime 1x -count 1 -args -results "$$short" && \
	go run ./tools/benchmarks -check "$$short"

# The peers are a module of their own, in bench/peers. They need Linux (/proc), the module
# proxy or its cache, and npm and its registry for Restate: without these, the results say that
# Restate was not measured. A run takes about six minutes on two cores with nothing else to do.
.PHONY: peers
peers: ## Measure a decision beside bare Temporal, DBOS, Restate and plain Postgres
	cd bench/peers && go run . -out ../results/peers.json

.PHONY: peers-check
peers-check: ## Show that the peers still run, with counts that say nothing
	cd bench/peers && go vet . && go test -count=1 -timeout=0 .

.PHONY: histories
histories: patiently ## Record the histories that the replay test lacks
	mkdir -p workflows/testdata/histories
	patiently ./e2e -run TestTheStoriesThatAreReplayed -count=1 -args -record

# So many inputs for each reader. A number, not a time: where a time runs out within
# an input, go test says "context deadline exceeded" and fails.
FUZZ ?= 10000
.PHONY: fuzz
fuzz: ## Fuzz each reader of files and texts with FUZZ inputs
	@grep -ro --include='*_test.go' '^func Fuzz\w*' . | sed 's|/[^/]*:func | |' | while read -r room reader; do \
		echo "== $$room $$reader"; \
		go test "$$room" -run '^$$' -fuzz "^$$reader\$$" -fuzztime $(FUZZ)x -fuzzminimizetime 100x || exit 1; \
	done

.PHONY: screenshots
screenshots: patiently ## Take the pictures of the pages and papers that docs/pages.md and docs/papers.md show
	patiently ./e2e -run TestTheDemonstration/shows -count=1 -args -screenshots
	patiently ./papers -run TestPapers_OfEveryExampleOpenElsewhere/empact-2022-2025 -count=1 -args -pictures

.PHONY: rehearse
rehearse: build ## Rehearse the cycle 2022-2025, a year in ten seconds
	./policycycle rehearse examples/empact-2022-2025 --year 10s

.PHONY: release-tools
release-tools: ## Install the pinned tools of a release (in ./bin); the first time takes minutes
	GOTOOLCHAIN=$(GORELEASER_GO) GOBIN=$(GOBIN) go install $(GORELEASER)
	GOBIN=$(GOBIN) go install $(CYCLONEDX)

# Without --single-target, which makes no archives: the systems are narrowed instead.
.PHONY: release-check
release-check: release-tools ## Try how a release is made, for this system alone and without the image
	goreleaser check
	sed -e 's/goos: .*/goos: ['$$(go env GOOS)']/' -e 's/goarch: .*/goarch: ['$$(go env GOARCH)']/' .goreleaser.yaml > $(GOBIN)/goreleaser.yaml
	goreleaser release --config $(GOBIN)/goreleaser.yaml --snapshot --clean --skip docker
	@ls -l dist/policycycle*/policycycle dist/*.tar.gz dist/*.json dist/checksums.txt
	@time dist/policycycle_*/policycycle version

.PHONY: ci
ci: ## Run what CI runs
	.ci/run
