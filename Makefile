# make            the library and the commands, in release, under build/
# make demo       ... and a C host that runs a Lua program
# make test       installs what the tests compare with (or names the command), then runs all tests
# make hosts      larger programs of Debian on our library, CMake, a Rust host: not in make test
# make differential   many more random cases than `make test` has, for SCALE times a minute (SEED, SCALE)
# make chunks     CHUNKS (a million) mutated binary chunks, from SEED (1), in JOBS processes: each refused, or run in bounds
# make asan       the C suite, the scripts, chunks and fuzz targets on builds with AddressSanitizer (RUSTC_BOOTSTRAP: stable will do)
# make tsan      several States on several threads, stopped and hooked from outside, with ThreadSanitizer
# make failures  every single request for memory refused, on a library in which each object is one (make test takes a sample)
# make fuzz-smoke every fuzz target for SECONDS (60), with cargo-fuzz where it is installed (fuzz/README.md)
# make bench      the programs and C API operations of benches/ with all interpreters; bench-short: a quick look
# make headers    include/*.h anew from src/capi
# make install    PREFIX=/usr/local DESTDIR= LIBDIR=$(PREFIX)/lib; make uninstall with the same
# make swap-test  installs under a scratch prefix, and builds and runs programs with what is there
#
# build/lib/libferrouslua.so   the library (soname libferrouslua.so.0), libferrouslua.a
# build/lib/liblua5.1.so.0     the same code under the soname and the symbol versions of Debian's
# build/lib/libferrouslua-c++.so, .a, liblua5.1-c++.so.0   the C++ flavour, where there is a C++ compiler
# build/bin/lua, luac          the commands

CARGO            ?= cargo
CC               ?= cc
CXX              ?= c++
PREFIX           ?= /usr/local
DESTDIR          ?=
CARGO_TARGET_DIR ?= $(CURDIR)/target
export CARGO_TARGET_DIR

BUILD   := $(CURDIR)/build
LIB     := $(BUILD)/lib
BIN     := $(BUILD)/bin
RELEASE := $(CARGO_TARGET_DIR)/release
# Where the reference's library is: a folder with liblua5.1.so.0.
REF     ?= $(firstword $(wildcard /usr/lib/*/liblua5.1.so.0))
REFDIR   = $(dir $(REF))

all: libraries commands

# == Building ======================================================================================

cargo-release:
	$(CARGO) build --release

# The linker reads the symbol versions from this list, where `# NODE` begins each node: Debian's, that
# of our additions, and nothing else exported.
$(BUILD)/lua5.1.map: symbols.txt Makefile
	@mkdir -p $(BUILD)
	@awk '/^#/ { if (node) print "};"; node = $$2; print node " {\n global:"; next } \
	      { print "  " $$0 ";" } END { print " local: *;\n};" }' symbols.txt >$@

# Finds the unwinder when it is needed: no program loads libgcc_s for its own sake.
UNWINDER := $(BUILD)/unwinder.o
$(UNWINDER): src/vm/boundary/unwinder.c
	@mkdir -p $(@D)
	$(CC) -std=c99 -Wall -Wextra -Werror -O2 -fPIC -fexceptions -ffunction-sections -c $< -o $@

# Once more by itself: cargo gives no link-time optimisation to a crate that other crates may use as well, as the commands do.
# Symbols of the newer kind name what a generic function is an instance of: packaging/order.list tells one from another.
LIBRARY := $(CARGO_TARGET_DIR)/library
cargo-library:
	CARGO_TARGET_DIR=$(LIBRARY) $(CARGO) rustc --release --lib --crate-type staticlib -- -C symbol-mangling-version=v0

libraries: cargo-library $(BUILD)/lua5.1.map $(BUILD)/order.ld $(UNWINDER)
	@mkdir -p $(LIB)
	@$(WEAKEN)
	@$(call RELINK,$(CC),libferrouslua.so.0,$(UNWINDER))
	@ln -sf libferrouslua.so.0 $(LIB)/libferrouslua.so
	@$(call RELINK,$(CC),liblua5.1.so.0,$(UNWINDER))
	@ln -sf liblua5.1.so.0 $(LIB)/liblua5.1.so
	@$(MAKE) --no-print-directory -s $(CXX_FLAVOUR)

# In the static library our additions are weak, so that a program may define functions of those names. The
# bitcode that comes with Rust's own library is of no use to a linker.
WEAKEN = awk '/^\#/ { ours = $$2 != "LUA_5.1"; next } ours' symbols.txt >$(BUILD)/weak && \
	objcopy --weaken-symbols=$(BUILD)/weak -R .llvmbc -R .llvmcmd $(LIBRARY)/release/libferrouslua.a $(LIB)/libferrouslua.a

ORDER ?= -Wl,-T,$(BUILD)/order.ld
$(BUILD)/order.ld: packaging/order.list packaging/order.sh
	@mkdir -p $(BUILD)
	@sh packaging/order.sh $(CC) packaging/order.list >$@ || echo "functions are left unordered: the linker is not GNU ld"

# The static library whole, as a shared one: $(call RELINK,COMPILER,SONAME,OBJECTS). Rust's own linking of
# a shared library cannot give every symbol a version, nor put together the functions that programs need
# (packaging/order.list; linkers that take no script do without). Relocations are packed: 60 KB less to read when
# a program begins. It needs glibc 2.36 then; PACKED= builds for older ones.
PACKED ?= -Wl,-z,pack-relative-relocs
RELINK = relink() { $(1) -shared -o $(LIB)/$(2).new $(3) \
	-Wl,--whole-archive $(LIB)/libferrouslua.a -Wl,--no-whole-archive -Wl,--gc-sections \
	-Wl,--version-script=$(BUILD)/lua5.1.map -Wl,-soname,$(2) -Wl,-z,relro,-z,now -Wl,-Bsymbolic-functions \
	-lpthread -ldl -lm "$$@"; }; \
	{ relink $(ORDER) $(PACKED) 2>$(BUILD)/order.log || relink $(ORDER) || relink; } && mv $(LIB)/$(2).new $(LIB)/$(2)

# The C++ flavour, whose errors are C++ exceptions: the same code and one object that a C++ compiler makes.
# Without a C++ compiler there is none.
CXX_FLAVOUR := $(if $(shell command -v $(CXX)),cxx-flavour,no-cxx-flavour)
FLAVOUR     := $(BUILD)/flavour.o

$(FLAVOUR): src/vm/boundary/flavour.cpp
	@mkdir -p $(BUILD)
	$(CXX) -std=c++11 -Wall -Wextra -Werror -O2 -fPIC -ffunction-sections -c $< -o $@

# In the static library the object is joined with the rest: its table must take the place of the empty one.
cxx-flavour: $(FLAVOUR) $(BUILD)/lua5.1.map $(BUILD)/order.ld
	$(call RELINK,$(CXX),liblua5.1-c++.so.0,$(FLAVOUR))
	$(call RELINK,$(CXX),libferrouslua-c++.so.0,$(FLAVOUR))
	ln -sf liblua5.1-c++.so.0 $(LIB)/liblua5.1-c++.so
	ln -sf libferrouslua-c++.so.0 $(LIB)/libferrouslua-c++.so
	$(LD) -r -o $(BUILD)/ferrouslua-c++.o $(FLAVOUR) --whole-archive $(LIB)/libferrouslua.a
	rm -f $(LIB)/libferrouslua-c++.a
	$(AR) rcs $(LIB)/libferrouslua-c++.a $(BUILD)/ferrouslua-c++.o

no-cxx-flavour:
	echo "no C++ compiler ($(CXX)): the C++ flavour is left out"

commands: cargo-release
	@mkdir -p $(BIN)
	@cp -u $(RELEASE)/lua $(RELEASE)/luac $(BIN)/

# A C host compiled against include/ and linked to libferrouslua.so, and the Lua program it runs.
demo: all
	$(MAKE) -C c-examples demo BUILD=$(BUILD)/demo LUA_CFLAGS=-I../include \
		LUA_LDFLAGS="-L$(LIB) -lferrouslua" LIBDIR=$(LIB)

# == Installing ====================================================================================

LIBDIR  ?= $(PREFIX)/lib
# Everything below goes under DESTDIR.
D        = $(DESTDIR)$(PREFIX)
DL       = $(DESTDIR)$(LIBDIR)
FILL     = sed -e 's|@PREFIX@|$(PREFIX)|g' -e 's|@LIBDIR@|$(LIBDIR)|g'
MAN      = $(D)/share/man/man1

install: all
	install -d $(D)/bin $(D)/include/lua5.1 $(DL)/pkgconfig $(DL)/ferrouslua/luajit $(MAN)
	install $(BIN)/lua $(D)/bin/lua5.1
	install $(BIN)/luac $(D)/bin/luac5.1
	ln -sf lua5.1 $(D)/bin/lua
	ln -sf luac5.1 $(D)/bin/luac
	$(FILL) packaging/ferrouslua-run.in >$(D)/bin/ferrouslua-run
	chmod 755 $(D)/bin/ferrouslua-run
	install -m 644 $(LIB)/libferrouslua.a $(LIB)/libferrouslua.so.0 $(LIB)/liblua5.1.so.0 $(DL)
	ln -sf libferrouslua.so.0 $(DL)/libferrouslua.so
	ln -sf liblua5.1.so.0 $(DL)/liblua5.1.so
	ln -sf libferrouslua.a $(DL)/liblua5.1.a
	ln -sf ../liblua5.1.so.0 $(DL)/ferrouslua/liblua5.1.so.0
	ln -sf ../../liblua5.1.so.0 $(DL)/ferrouslua/luajit/libluajit-5.1.so.2
	for lib in libferrouslua-c++.a libferrouslua-c++.so.0 liblua5.1-c++.so.0; do \
		[ ! -e $(LIB)/$$lib ] || install -m 644 $(LIB)/$$lib $(DL) || exit 1; done
	if [ -e $(LIB)/liblua5.1-c++.so.0 ]; then \
		ln -sf libferrouslua-c++.so.0 $(DL)/libferrouslua-c++.so; \
		ln -sf liblua5.1-c++.so.0 $(DL)/liblua5.1-c++.so; \
		ln -sf libferrouslua-c++.a $(DL)/liblua5.1-c++.a; \
		ln -sf ../liblua5.1-c++.so.0 $(DL)/ferrouslua/liblua5.1-c++.so.0; \
		$(FILL) -e 's|^lib_name=.*|&-c++|' packaging/lua5.1.pc.in >$(DL)/pkgconfig/lua5.1-c++.pc; \
		ln -sf lua5.1-c++.pc $(DL)/pkgconfig/lua-5.1-c++.pc; \
		ln -sf lua5.1-c++.pc $(DL)/pkgconfig/lua51-c++.pc; \
		$(FILL) -e 's|^lib_name=.*|&-c++|' packaging/ferrouslua.pc.in >$(DL)/pkgconfig/ferrouslua-c++.pc; fi
	install -m 644 include/*.h include/*.hpp $(D)/include/lua5.1
	$(FILL) packaging/lua5.1.pc.in >$(DL)/pkgconfig/lua5.1.pc
	$(FILL) packaging/ferrouslua.pc.in >$(DL)/pkgconfig/ferrouslua.pc
	ln -sf lua5.1.pc $(DL)/pkgconfig/lua-5.1.pc
	ln -sf lua5.1.pc $(DL)/pkgconfig/lua51.pc
	install -m 644 packaging/man/*.1 $(MAN)
	ln -sf lua5.1.1 $(MAN)/lua.1
	ln -sf luac5.1.1 $(MAN)/luac.1

uninstall:
	rm -f $(addprefix $(D)/bin/,lua luac lua5.1 luac5.1 ferrouslua-run)
	rm -f $(addprefix $(DL)/,libferrouslua.a libferrouslua.so libferrouslua.so.0 \
		liblua5.1.a liblua5.1.so liblua5.1.so.0 ferrouslua/liblua5.1.so.0 ferrouslua/luajit/libluajit-5.1.so.2)
	rm -f $(addprefix $(DL)/,libferrouslua-c++.a libferrouslua-c++.so libferrouslua-c++.so.0 \
		liblua5.1-c++.a liblua5.1-c++.so liblua5.1-c++.so.0 ferrouslua/liblua5.1-c++.so.0)
	rm -f $(addprefix $(DL)/pkgconfig/,lua5.1.pc lua-5.1.pc lua51.pc ferrouslua.pc \
		lua5.1-c++.pc lua-5.1-c++.pc lua51-c++.pc ferrouslua-c++.pc)
	rm -f $(addprefix $(D)/include/lua5.1/,$(notdir $(wildcard include/*)))
	rm -f $(addprefix $(MAN)/,lua.1 luac.1 $(notdir $(wildcard packaging/man/*)))
	-rmdir $(DL)/ferrouslua/luajit $(DL)/ferrouslua $(D)/include/lua5.1

# Installs under a scratch prefix and puts Debian's programs, C hosts and C modules on it.
swap-test: all
	@tests/install/run.sh

headers:
	UPDATE=1 $(CARGO) test --manifest-path tests/abi/Cargo.toml --test headers

# == Testing =======================================================================================

# The programs and modules in tests/swap say themselves what they need.
DEPENDENCIES = gcc g++ lua5.1 liblua5.1-0-dev $(shell tests/swap/run.sh --packages) \
	$(shell tests/swap/modules.sh --packages) libclang-dev valgrind \
	libluajit-5.1-2 pkg-config locales lua-check lua-ldoc lua-busted luarocks

deps:
	@missing=$$(for p in $(DEPENDENCIES); do \
		dpkg-query -W -f='$${Status}\n' $$p 2>/dev/null | grep -q 'ok installed' || echo $$p; done); \
	[ -z "$$missing" ] && exit 0; missing=$$(echo $$missing); \
	if [ "$$(id -u)" = 0 ]; then run=; elif sudo -n true 2>/dev/null; then run="sudo -n"; else \
		echo "The tests need packages that are not installed. Run:"; \
		echo "  sudo apt-get install --no-install-recommends $$missing"; exit 1; fi; \
	echo "installing $$missing"; \
	$$run env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing || \
	{ $$run apt-get update -qq && \
	  $$run env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing; }

# Every step runs, also after one that failed; the sum comes last.
STEPS := cargo checks unoptimised ltests symbols handlers abi install capi examples scripts locale corpus differential fuzz failures security modules tools programs valgrind

# Nothing here is built twice, so nothing is kept for it: that halves what target/ takes.
test: export CARGO_INCREMENTAL = 0
test: deps all
	@failed=; for step in $(STEPS); do \
		begin=$$(date +%s); \
		$(MAKE) --no-print-directory test-$$step || failed="$$failed $$step"; \
		echo "-- $$step: $$(($$(date +%s) - begin)) s"; \
	done; \
	if [ -n "$$failed" ]; then echo; echo "FAILED:$$failed"; exit 1; fi; \
	echo; echo "all tests passed"

HEADING = @echo; echo "== $(1)"

test-cargo:
	$(call HEADING,The crate's own tests)
	$(CARGO) test --no-fail-fast

# The same on a library that collects at every safepoint and validates its heap, and those that only such
# a one can run: each request for memory refused in turn (tests/every_allocation.rs).
test-checks:
	$(call HEADING,The crate's own tests with the feature checks)
	$(CARGO) test --no-fail-fast --features checks
	$(call HEADING,... and the C API suite on such a library, with misuses of the API)
	@$(MAKE) --no-print-directory checks
	@$(MAKE) --no-print-directory -s -C capi-tests checked BUILD=$(BUILD)/capi-tests LIBDIR=$(BUILD)/checks/lib
	@awk '/^#/ { here = $$2 == "LUA_5.1"; next } here && !/^(lua_ident|luaL_newstate)$$/' symbols.txt | \
	while read -r name; do grep -qE "$$name[(:]" capi-tests/checks/cases.h || echo "no misuse of $$name is tested"; done | \
	{ ! grep .; }
	$(call HEADING,... and the Lua scripts)
	@TIMEOUT=900 tests/run-lua.sh $(BUILD)/checks/bin/lua

# Debian's programs on the library that checks itself and its hosts: some minutes.
checks-programs: DEPENDENCIES = $(shell tests/swap/run.sh --packages)
checks-programs: deps checks
	$(call HEADING,Debian's programs on the library that checks itself and its hosts)
	@CHECKS=1 tests/swap/run.sh $(BUILD)/checks/lib

# At level 0 calls are never made jumps: the interpreter returns to its trampoline between any two
# instructions, and everything else takes the machine stack it takes at most.
test-unoptimised:
	$(call HEADING,Without optimisation: a small machine stack and the Lua scripts)
	$(CARGO) test --profile unoptimised --test machine_stack
	$(CARGO) build --profile unoptimised --bins
	@TIMEOUT=200 tests/run-lua.sh $(CARGO_TARGET_DIR)/unoptimised/lua

# The library and the command that check themselves and their hosts: docs/debugging.md.
checks:
	$(CARGO) build --profile checks --features checks
	@mkdir -p $(BUILD)/checks/lib $(BUILD)/checks/bin
	@cp -uf $(CARGO_TARGET_DIR)/checks/libferrouslua.so $(BUILD)/checks/lib/libferrouslua.so.0
	@cp -uf $(CARGO_TARGET_DIR)/checks/libferrouslua.so $(BUILD)/checks/lib/liblua5.1.so.0
	@ln -sf libferrouslua.so.0 $(BUILD)/checks/lib/libferrouslua.so
	@cp -uf $(CARGO_TARGET_DIR)/checks/lua $(CARGO_TARGET_DIR)/checks/luac $(BUILD)/checks/bin/

# The command of a test build: docs/ltests.md.
ltests:
	$(CARGO) build --profile ltests --features ltests --bin lua
	@mkdir -p $(BUILD)/ltests/bin
	@cp -u $(CARGO_TARGET_DIR)/ltests/lua $(BUILD)/ltests/bin/

test-ltests: ltests
	$(call HEADING,A test build: scripts that look inside through the table T)
	@tests/run-ltests.sh $(BUILD)/ltests/bin/lua

test-handlers: all
	$(call HEADING,The interpreter in machine code: handlers jump and do not call)
	@sh tests/handlers.sh $(LIB)/libferrouslua.so

test-symbols: all
	$(call HEADING,Exported symbols are those of symbols.txt)
	@sh tests/abi/symbols.sh symbols.txt $(LIB)/libferrouslua.so $(LIB)/liblua5.1.so.0 $(BIN)/lua \
		$(LIB)/liblua5.1-c++.so.0 $(LIB)/libferrouslua-c++.so.0
	@sh tests/abi/order.sh packaging/order.list $(LIB)/liblua5.1.so.0

test-abi:
	$(call HEADING,The headers: generated by cbindgen and compared with the reference's)
	$(CARGO) test --manifest-path tests/abi/Cargo.toml

test-install: all
	$(call HEADING,Installed under a scratch prefix: found, linked with, swapped in, removed)
	@tests/install/run.sh

test-capi: all
	$(call HEADING,The C API suite with the reference's library and with ours)
	@$(MAKE) --no-print-directory -s -C capi-tests both BUILD=$(BUILD)/capi-tests REF=$(REFDIR) OURS=$(LIB)
	$(call HEADING,... and compiled with our headers for libferrouslua.so)
	@$(MAKE) --no-print-directory -s -C capi-tests check BUILD=$(BUILD)/capi-tests-ours LIBDIR=$(LIB) \
		LUA_CFLAGS=-I../include LUA_LDFLAGS="-L$(LIB) -lferrouslua"
	$(call HEADING,... and the C++ flavour with Debian's library and with ours)
	@$(MAKE) --no-print-directory -s -C capi-tests cxx-both BUILD=$(BUILD)/capi-tests REF=$(REFDIR) OURS=$(LIB)
	$(call HEADING,... and what LuaJIT's API has beyond on LuaJIT's library)
	@$(MAKE) --no-print-directory -s -C capi-tests extensions-luajit BUILD=$(BUILD)/capi-tests

test-examples: all
	$(call HEADING,The examples with both libraries)
	@$(MAKE) --no-print-directory -s -C c-examples both BUILD=$(BUILD)/c-examples REF=$(REFDIR) OURS=$(LIB)
	$(call HEADING,... and compiled with our headers for libferrouslua.so)
	@$(MAKE) --no-print-directory -s -C c-examples check check-own BUILD=$(BUILD)/c-examples-ours LIBDIR=$(LIB) \
		LUA_CFLAGS=-I../include LUA_LDFLAGS="-L$(LIB) -lferrouslua"

test-scripts: all
	$(call HEADING,Lua scripts with lua5.1 and with our lua)
	@tests/run-lua.sh $(BIN)/lua
	$(call HEADING,... beside a collector that never comes to an end)
	@INIT='collectgarbage("setpause", 1) collectgarbage("setstepmul", 5)' tests/run-lua.sh $(BIN)/lua

test-locale: all
	$(call HEADING,Scripts under locales with a decimal comma and an order of letters)
	@tests/locale/run.sh $(BIN)/lua

test-corpus: all
	$(call HEADING,Bytecode of the Lua files of Debian packages)
	@tests/corpus/bytecode.sh $(BIN)/lua

# The driver of C API calls is linked to the reference's name of the library, and run with either.
DIFFERENTIAL = CAPI=$(BUILD)/differential/capi REFLIB=$(REFDIR) OURLIB=$(LIB) FOREIGN=$(BUILD)/differential/foreign.so \
	tests/differential/run.sh $(BIN)/lua
$(BUILD)/differential/capi: tests/differential/capi.c
	@mkdir -p $(@D)
	$(CC) -std=c99 -D_XOPEN_SOURCE=700 -Wall -Wextra -Werror -O1 -g -I/usr/include/lua5.1 -o $@ $< -llua5.1

# C functions that hot loops call, loaded by both commands.
$(BUILD)/differential/foreign.so: tests/differential/nests/foreign.c
	@mkdir -p $(@D)
	$(CC) -std=c99 -Wall -Wextra -Werror -O1 -g -fPIC -shared -I/usr/include/lua5.1 -o $@ $<

DIFFERENTIAL_C = $(BUILD)/differential/capi $(BUILD)/differential/foreign.so

test-differential: all $(DIFFERENTIAL_C)
	$(call HEADING,Random programs and calls with the reference and with ours)
	@$(DIFFERENTIAL)

# The same for longer: SCALE times as many cases, from another SEED.
differential: all $(DIFFERENTIAL_C)
	@SEED=$${SEED:-$$(date +%s)} SCALE=$${SCALE:-20} $(DIFFERENTIAL)

# The drivers of fuzz/, which need no libFuzzer. A folder of its own: they are another build of the library.
FUZZ_DIR  = $(CARGO_TARGET_DIR)/fuzz
FUZZ_BIN  = $(FUZZ_DIR)/release
FUZZ_LUA  = tests/lua benches/lua
CHUNKS   ?= 1000000
JOBS     ?= 1
SECONDS  ?= 60
fuzz-drivers:
	CARGO_TARGET_DIR=$(FUZZ_DIR) $(CARGO) build --release --manifest-path fuzz/Cargo.toml --no-default-features

chunks: fuzz-drivers
	@mkdir -p $(BUILD)/chunks
	$(FUZZ_BIN)/chunks --count $(CHUNKS) --seed $(or $(SEED),1) --jobs $(JOBS) --keep $(BUILD)/chunks $(FUZZ_LUA)

fuzz-smoke: fuzz-drivers
	@FUZZ_BIN=$(FUZZ_BIN) FUZZ_DIR=$(FUZZ_DIR) SECONDS_EACH=$(SECONDS) fuzz/smoke.sh

# Not in make test: it builds the library twice more. Handlers return to the trampoline, for the instrumentation may keep
# calls from becoming jumps; every object is a request of its own, so that its bounds are seen; a panic aborts, as in a
# release, so that exceptions pass. Every part runs, also after one that failed; the sum comes last. Some ten minutes.
ASAN_TARGET  = $(shell rustc -vV | sed -n 's/^host: //p')
ASAN_DIR     = $(CARGO_TARGET_DIR)/asan
ASAN         = RUSTC_BOOTSTRAP=1 RUSTFLAGS=-Zsanitizer=address CARGO_PROFILE_DEV_PANIC=abort CARGO_TARGET_DIR=$(ASAN_DIR)
ASAN_LUA     = $(ASAN_DIR)/$(ASAN_TARGET)/debug/lua
ASAN_FUZZ    = $(ASAN_DIR)/$(ASAN_TARGET)/release
ASAN_PARTS  := capi scripts security chunks fuzz
# Scripts ask for more than there is, and see that they do not get it.
ASAN_RUN     = ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1
# Memory that has been freed is kept apart for a while, but not much of it: a million calls inside each other take 10 GB here.
ASAN_BOUNDS  = max_allocation_size_mb=512:soft_rss_limit_mb=14000:quarantine_size_mb=16
asan:
	$(ASAN) $(CARGO) build --target $(ASAN_TARGET) --features isolate,trampoline
	$(ASAN) $(CARGO) build --target $(ASAN_TARGET) --release --manifest-path fuzz/Cargo.toml --no-default-features --features isolate
	@mkdir -p $(BUILD)/asan $(BUILD)/chunks
	@cp $(ASAN_DIR)/$(ASAN_TARGET)/debug/libferrouslua.so $(BUILD)/asan/liblua5.1.so.0
	@failed= sum=; for part in $(ASAN_PARTS); do \
		begin=$$(date +%s); result=passed; \
		$(MAKE) --no-print-directory asan-$$part || { result=FAILED; failed=1; }; \
		sum="$$sum$$(printf '\n   %-10s %-7s %5d s' $$part $$result $$(($$(date +%s) - begin)))"; \
	done; echo; echo "== With AddressSanitizer:$$sum"; [ -z "$$failed" ]

asan-capi:
	$(call HEADING,The C API suite with AddressSanitizer)
	@$(MAKE) --no-print-directory -s -C capi-tests asan BUILD=$(BUILD)/capi-tests LIBDIR=$(BUILD)/asan

asan-scripts:
	$(call HEADING,... the Lua scripts)
	@$(ASAN_RUN) TIMEOUT=600 tests/run-lua.sh $(ASAN_LUA)

asan-security:
	$(call HEADING,... known attacks)
	@$(ASAN_RUN):$(ASAN_BOUNDS) TIMEOUT=1800 SANITIZED=1 tests/security/run.sh $(ASAN_LUA)

asan-chunks:
	$(call HEADING,... mutated chunks)
	@ASAN_OPTIONS=detect_leaks=0 $(ASAN_FUZZ)/chunks --count 100000 --jobs 2 --keep $(BUILD)/chunks $(FUZZ_LUA)

asan-fuzz:
	$(call HEADING,... and the fuzz targets)
	@ASAN_OPTIONS=detect_leaks=0 $(ASAN_FUZZ)/smoke --count 2000 --lua tests/lua fuzz/seeds

# Not in make test either. Rust's own library is not instrumented: nothing of it that threads share is used. The
# interpreter returns to its trampoline, which loads what other threads store as such (src/vm/hooks.rs).
TSAN_DIR = $(CARGO_TARGET_DIR)/tsan
TSAN     = RUSTC_BOOTSTRAP=1 RUSTFLAGS="-Zsanitizer=thread -Cunsafe-allow-abi-mismatch=sanitizer" CARGO_TARGET_DIR=$(TSAN_DIR)
tsan:
	$(TSAN) $(CARGO) build --lib --target $(ASAN_TARGET) --features isolate,trampoline
	@mkdir -p $(BUILD)/tsan
	@cp $(TSAN_DIR)/$(ASAN_TARGET)/debug/libferrouslua.so $(BUILD)/tsan/liblua5.1.so.0
	$(call HEADING,Programs of the C API suite with threads under ThreadSanitizer)
	@$(MAKE) --no-print-directory -s -C capi-tests tsan BUILD=$(BUILD)/capi-tests LIBDIR=$(BUILD)/tsan

# The same cases at each run.
test-fuzz: fuzz-drivers
	$(call HEADING,Mutated chunks and the fuzz targets without libFuzzer)
	@mkdir -p $(BUILD)/chunks
	@$(FUZZ_BIN)/chunks --count 60000 --jobs 2 --keep $(BUILD)/chunks $(FUZZ_LUA)
	@$(FUZZ_BIN)/smoke --count 2000 --lua tests/lua fuzz/seeds

FAILURES     = tests/failures/api.c tests/failures/failures.c
FAILURES_LUA = $(wildcard tests/failures/scripts/*.lua)
# Of the known attacks those that neither leave the process nor take seconds by themselves.
FAILURES_ATTACKS = $(filter-out $(patsubst %,tests/security/%.lua,error-handlers finalizers hostile-keys \
                     many-lines nesting sizes unpack-ranges),$(wildcard tests/security/*.lua))
# For C++ exceptions the programs' own frames have to be ones that those can pass.
FAILURES_CC  = $(CC) -std=c99 -D_XOPEN_SOURCE=700 -Wall -Wextra -Werror -O1 -g -fexceptions -Iinclude -o $@ $(FAILURES)
# It runs on two libraries, of which that of `isolate` gives its symbols no versions; so it asks for none.
$(BUILD)/failures: $(FAILURES) tests/failures/programs.h | libraries isolate
	$(FAILURES_CC) -L$(BUILD)/isolate -lferrouslua -lm
$(BUILD)/failures-c++: $(FAILURES) tests/failures/programs.h | libraries
	$(FAILURES_CC) -L$(LIB) -lferrouslua-c++ -lm

# Small objects share blocks, of which few are asked for: a build in which each is a request of its own shows more.
isolate:
	CARGO_TARGET_DIR=$(CARGO_TARGET_DIR)/isolate $(CARGO) build --lib --features isolate
	@mkdir -p $(BUILD)/isolate
	@cp -uf $(CARGO_TARGET_DIR)/isolate/debug/libferrouslua.so $(BUILD)/isolate/libferrouslua.so.0
	@ln -sf libferrouslua.so.0 $(BUILD)/isolate/libferrouslua.so

test-failures: all isolate $(BUILD)/failures
	$(call HEADING,Requests for memory refused in turn: what is in no program)
	@$(BIN)/lua tests/failures/covered.lua symbols.txt $(FAILURES) $(FAILURES_LUA)
	$(call HEADING,... with the library)
	@LD_LIBRARY_PATH=$(LIB) $(BUILD)/failures -b 150 $(FAILURES_LUA)
	$(call HEADING,... with every object a request)
	@LD_LIBRARY_PATH=$(BUILD)/isolate $(BUILD)/failures -b 100 $(FAILURES_LUA)
	$(call HEADING,Fuel that ends anywhere)
	@LD_LIBRARY_PATH=$(LIB) $(BUILD)/failures -u -b 100 $(FAILURES_LUA)
	@[ $(CXX_FLAVOUR) = no-cxx-flavour ] || $(MAKE) --no-print-directory -s test-failures-c++

test-failures-c++: $(BUILD)/failures-c++
	$(call HEADING,... with the C++ flavour)
	@LD_LIBRARY_PATH=$(LIB) $(BUILD)/failures-c++ -b 50 $(FAILURES_LUA)

failures: all isolate $(BUILD)/failures
	$(call HEADING,Requests for memory refused in turn: with the library and with every object a request)
	@LD_LIBRARY_PATH=$(LIB) $(BUILD)/failures -v $(FAILURES_LUA)
	@LD_LIBRARY_PATH=$(BUILD)/isolate $(BUILD)/failures -v -b 3000 $(FAILURES_LUA)
	$(call HEADING,... to the known attacks)
	@LD_LIBRARY_PATH=$(LIB) $(BUILD)/failures -v -a -b 30 $(FAILURES_ATTACKS)
	$(call HEADING,Fuel that ends anywhere)
	@LD_LIBRARY_PATH=$(LIB) $(BUILD)/failures -u -v -b 2000 $(FAILURES_LUA)
	@LD_LIBRARY_PATH=$(LIB) $(BUILD)/failures -u -v -a -b 30 $(FAILURES_ATTACKS)

test-security: all
	$(call HEADING,Known attacks on a small machine stack)
	@tests/security/run.sh $(BIN)/lua

test-modules: all
	$(call HEADING,Debian's binary modules in our lua)
	@tests/swap/modules.sh $(BIN)/lua

test-tools: all
	$(call HEADING,Debian's tools written in Lua with lua5.1 and with our lua)
	@tests/swap/tools.sh $(BIN)/lua

test-programs: all
	$(call HEADING,Debian's programs on our library)
	@tests/swap/run.sh $(LIB)

# Programs and checks that need large packages, crates or many minutes.
hosts: DEPENDENCIES += gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user-static cmake xvfb xauth $(shell tests/swap/run.sh --heavy --packages)
hosts: deps all
	$(call HEADING,Larger programs of Debian on our library)
	@tests/swap/run.sh --heavy $(LIB)
	$(call HEADING,Found by CMake; a Rust host by the crate mlua)
	@tests/install/run.sh
	@tests/install/mlua.sh
	@$(MAKE) --no-print-directory test-aarch64

test-aarch64:
	$(call HEADING,The C boundary for AArch64: assembled, and run under qemu)
	@tests/aarch64/run.sh

test-valgrind: all
	$(call HEADING,The C API suite under valgrind)
	@$(MAKE) --no-print-directory -s -C capi-tests valgrind BUILD=$(BUILD)/capi-tests LIBDIR=$(LIB)
	@$(MAKE) --no-print-directory -s -C capi-tests cxx-valgrind BUILD=$(BUILD)/capi-tests LIBDIR=$(LIB)
	$(call HEADING,... and independent States on several threads under helgrind)
	@$(MAKE) --no-print-directory -s -C capi-tests helgrind BUILD=$(BUILD)/capi-tests LIBDIR=$(LIB)

# == Measuring =====================================================================================

BENCH = $(MAKE) --no-print-directory -C benches BUILD=$(BUILD)/bench LIBDIR=$(LIB) REFDIR=$(REFDIR)

bench: all
	@$(BENCH) deps
	@$(BENCH) record capi

bench-short: all
	@$(BENCH) deps
	@$(BENCH) short

clean:
	$(CARGO) clean
	rm -rf $(BUILD) tests/abi/target

.PHONY: all cargo-library differential fuzz-drivers chunks fuzz-smoke asan $(addprefix asan-,$(ASAN_PARTS)) tsan isolate failures test-failures-c++ checks checks-programs ltests hosts cargo-release libraries cxx-flavour no-cxx-flavour commands demo install uninstall swap-test headers deps test \
	bench bench-short clean \
	test-aarch64 $(addprefix test-,$(STEPS))
