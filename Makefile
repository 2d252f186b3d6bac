# `make` alone lists what there is. The work is done by scripts/.
.DEFAULT_GOAL := help
.PHONY: help up down purge logs doctor images toolchain monitor ffi ui test fuzz lint bench bundle bundle-tests

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

up: ## start the service: engine, images, containers, and one program judged
	@scripts/up.sh

down: ## stop it and keep the data
	@scripts/down.sh

purge: ## stop it and remove containers, images, cgroups and data
	@scripts/purge.sh

logs: ## follow the logs of server and warden
	@. scripts/lib.sh && choose_compose && compose logs --tail 100 -f server warden

doctor: ## check engine, images, cgroups, workspace and kernel and service, and name the cause of each problem
	@scripts/doctor.sh

images: ## build the images that changed
	@scripts/images.sh

toolchain: ## add languages to the service: make toolchain go rust (or NAME=go); make toolchain alone lists them
	@scripts/toolchain.sh $(NAME) $(filter-out toolchain,$(MAKECMDGOALS))

# Their names are goals of make, too, beside that one: there is nothing to do for them.
ifeq ($(firstword $(MAKECMDGOALS)),toolchain)
$(filter-out toolchain,$(MAKECMDGOALS)): ; @:
.PHONY: $(filter-out toolchain,$(MAKECMDGOALS))
endif

monitor: ## compile the static monitor to dist/monitor
	@scripts/binaries.sh monitor

ffi: ## compile the C library to dist/libgavel_ffi.so, with dist/gavel.h
	@scripts/binaries.sh ffi

ui: ## make the web page, which the server's build embeds: needs Node and npm
	@scripts/ui.sh

test: ## everything a contributor needs: unit tests, monitor tests, end-to-end tests against an instance of their own
	@scripts/test.sh

fuzz: ## look for bytes that a parser cannot stand, for an hour each: needs nightly and cargo-fuzz
	@scripts/fuzz.sh

lint: ## formatting, clippy, documentation, scripts, links
	@scripts/lint.sh

bench: ## compare runs over HTTP with bare runs on this machine
	@scripts/bench.sh

bundle: ## write one archive that brings the service up on a host without network
	@scripts/bundle.sh

bundle-tests: ## write one archive with the compiled end-to-end tests, to test a host from a machine without Rust
	@scripts/bundle-tests.sh

SHELL := bash
