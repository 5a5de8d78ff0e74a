# Only a door: each chore lives in `cargo xtask` (see `cargo xtask help`).
.PHONY: need run test demo bench soak tidy gen check

CALLS ?= 5
SOAK_CALLS ?= 100000

need:
	@scripts/need.sh

run: need
	@cargo xtask run

test: need
	@cargo xtask test

demo: need
	@cargo xtask demo --calls $(CALLS)

bench: need
	@cargo xtask bench

soak: need
	@cargo xtask soak --calls $(SOAK_CALLS)

tidy:
	@cargo xtask tidy

gen:
	@cargo xtask gen

check:
	@cargo xtask gen --check
