# Tests: unit tests, all tests with their servers, sanitizers, valgrind, coverage, fuzzing.

EXAMPLES     := $(patsubst %.c,$(O)/%,$(wildcard doc/examples/*.c))
UNIT_SOURCES := $(wildcard t/unit/*/*.c t/unit/*/*/*.c)
UNIT_TESTS   := $(UNIT_SOURCES:t/unit/%.c=$(O)/t/%.t)
CHILD_TESTS  := $(filter $(O)/t/child/%,$(UNIT_TESTS))

# What of t/fuzz is no target, but what targets have in common.
FUZZ_COMMON  := t/fuzz/fuzz.c t/fuzz/judged.c t/fuzz/world.c
FUZZ_TARGETS := $(patsubst %.c,$(O)/%,$(filter-out $(FUZZ_COMMON) t/fuzz/replay.c,$(wildcard t/fuzz/*.c)))
FUZZ_CHILD   := $(patsubst %,$(O)/t/fuzz/%,masking ping sasl)
# Where main() is: `make fuzz` has libFuzzer's.
FUZZ_MAIN    ?= $(O)/t/fuzz/replay.o

PROGRAMS += $(EXAMPLES) $(UNIT_TESTS) $(FUZZ_TARGETS)
ARCHIVES += $(O)/t/fuzz/common.a
$(EXAMPLES): %: %.o $(CHILD)
$(UNIT_TESTS): $(O)/t/%.t: $(O)/t/unit/%.o $(O)/t/support/tap.o
$(CHILD_TESTS): $(CHILD)
$(filter-out $(CHILD_TESTS),$(UNIT_TESTS)): $(PARENT)
$(O)/t/collect/supervise.t $(O)/t/judge/survey.t: $(CHILD)
$(FUZZ_TARGETS): %: %.o $(FUZZ_MAIN) $(O)/t/fuzz/common.a
$(FUZZ_CHILD): $(CHILD)
$(filter-out $(FUZZ_CHILD),$(FUZZ_TARGETS)): $(BOTH)
$(O)/t/fuzz/common.a: $(FUZZ_COMMON:%.c=$(O)/%.o)
$(FUZZ_CHILD:%=%.o) $(EXAMPLES:%=%.o): ROOM := child/probe
# These are linked with more of a library than the program uses.
$(O)/t/report/report_json.t $(FUZZ_TARGETS): LIBS += -ljansson
$(O)/t/config/config_fuzz.t: LIBS += -lconfig

# For t/faults.t.
$(O)/t/inject.so: t/support/inject.c
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D) && $(CC) -D_GNU_SOURCE -std=gnu11 $(WARNINGS) -O1 -shared -fPIC -o $@ $< -ldl

# For t/confine.t.
$(O)/t/under: t/support/under.c
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D) && $(CC) -D_GNU_SOURCE -std=gnu11 $(WARNINGS) -O1 -o $@ $< -lseccomp

# The tests run side by side; those that measure time have generous bounds.
JOBS ?= 4

# For package builds: no server, no root, no network but loopback, and nothing that a package's build dependencies do not bring.
TESTS := t/usage.t t/fuzz.t

test: all unit-tests examples fuzz-targets ## build, and run the tests that need no servers; installs nothing
	$(Q)PROBE=$(abspath $(PROGRAM)) OBJECTS=$(abspath $(O)) prove -j$(JOBS) -e '' $(UNIT_TESTS) $(TESTS)

# Everything that needs more than was there is installed by `.ci/install`, which says so first.
check: ## run the whole test suite, after installing what it needs: `make test`, and all with servers
	$(Q).ci/install check
	$(Q)for part in check-werror lint check-asan check-plain check-valgrind cost; do $(MAKE) --no-print-directory $$part || exit; done

check-debian: ## do the same on another Debian, in a chroot that debootstrap makes: RELEASE=trixie
	$(Q).ci/debian '$(RELEASE)' make check

check-plain: plugin unit-tests examples fuzz-targets $(O)/t/inject.so $(O)/t/under ## run all tests once
	$(Q)PROBE=$(abspath $(PROGRAM)) OBJECTS=$(abspath $(O)) prove -j$(JOBS) -e '' $(UNIT_TESTS) t/*.t

# The same tests; what the sanitizers find ends the process, which is then another end than the test expects.
check-asan: ## run all tests with AddressSanitizer and UndefinedBehaviorSanitizer
	$(Q)$(MAKE) --no-print-directory check-plain O=obj/asan PROGRAM=obj/asan/check_xmpp_ping \
		CFLAGS='-O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all' HARDENING=-fPIE

check-monitors: all ## run the plugin in real monitoring systems, and the packages in a clean Debian
	$(Q).ci/install monitors
	$(Q)PROBE=$(abspath $(PROGRAM)) OBJECTS=$(abspath $(O)) prove -j$(JOBS) t/monitors/*.t

check-packages: ## the part of check-monitors that is another on each Debian: its packages, built, and installed in a clean one
	$(Q).ci/install packages
	$(Q)prove t/monitors/packages.t

soak: all ## check a server 5,000 times while it is restarted, killed and stopped: minutes (CHECKS, PARALLEL, SEED, see t/soak)
	$(Q)PROBE=$(abspath $(PROGRAM)) t/soak

VALGRIND := $(shell command -v valgrind) --quiet --vgdb=no --error-exitcode=99 --leak-check=full \
	--show-leak-kinds=definite,indirect --errors-for-leak-kinds=definite --suppressions=t/valgrind/valgrind.supp

# Left out are the tests of confine and sandbox, as limits and filters meet valgrind itself; those of supervise, dial and guard,
# which are about short times; config_fuzz, tls_faults and proof, which take minutes here and have been run by the others.
VALGRIND_LEAVES := $(addprefix %/,confine.c sandbox.c supervise.c dial.c config_fuzz.c guard.c tls_faults.c proof.c)
check-valgrind: ## run the unit tests and one run of each kind under valgrind
	$(Q)$(MAKE) --no-print-directory all unit-tests O=obj/valgrind PROGRAM=obj/valgrind/check_xmpp_ping \
		CFLAGS='-O1 -g -DCONFINE_LIMITS_MEMORY=0' SECCOMP=
	$(Q)prove -j$(JOBS) -e '$(VALGRIND) --child-silent-after-fork=yes' \
		$(patsubst t/unit/%.c,obj/valgrind/t/%.t,$(filter-out $(VALGRIND_LEAVES),$(UNIT_SOURCES)))
	$(Q)PROBE=$(abspath obj/valgrind/check_xmpp_ping) VALGRIND='$(VALGRIND)' prove t/valgrind/runs.t

# What gcc builds here is what check-plain then tests.
check-werror: ## build with gcc and clang, and without libseccomp, warnings being errors
	$(Q)$(MAKE) --no-print-directory all unit-tests examples fuzz-targets CC=gcc CFLAGS='-O2 -g -Werror'
	$(Q)$(MAKE) --no-print-directory all unit-tests examples fuzz-targets \
		O=obj/clang PROGRAM=obj/clang/check_xmpp_ping CC=clang CFLAGS='-O2 -Werror'
	$(Q)$(MAKE) --no-print-directory obj/bare/t/child/cage/sandbox.t O=obj/bare SECCOMP= CFLAGS='-O0 -Werror'
	$(Q)obj/bare/t/child/cage/sandbox.t >/dev/null

unit-tests: $(UNIT_TESTS)

examples: $(EXAMPLES)

demo: ## install what is missing, build, start a private Prosody and probe it
	$(Q).ci/install demo
	$(Q)$(MAKE) --no-print-directory all
	$(Q)t/demo

fuzz-targets: $(FUZZ_TARGETS)

# The least line coverage of lib/, in percent.
COVERAGE_LEAST ?= 95

# Tests may fail here that look at the child's every step, or let gcov's own calls fail: whether they pass, `make check` says.
COVERAGE_BUILD = O=obj/coverage PROGRAM=obj/coverage/check_xmpp_ping CC=gcc HARDENING=-fPIE CFLAGS='-O0 -g --coverage' \
	LDFLAGS='--coverage -Wl,--wrap=_exit,--wrap=fork,--wrap=kill' LIBS=obj/coverage/t/support/coverage.o

coverage: ## run all tests, and name the lines of lib/ that none of them has reached
	$(Q).ci/install check
	$(Q)mkdir -p obj/coverage && find obj/coverage -name '*.gcda' -delete
	$(Q)$(MAKE) --no-print-directory obj/coverage/t/support/coverage.o $(COVERAGE_BUILD)
	$(Q)$(MAKE) --no-print-directory check-plain $(COVERAGE_BUILD) >obj/coverage/tests.log 2>&1 || \
		sed -n '/^Test Summary Report/,$$p' obj/coverage/tests.log
	$(Q)gcovr --root . --filter lib/ --fail-under-line $(COVERAGE_LEAST) obj/coverage

# Seconds that each target runs.
FUZZ_SECONDS ?= 60

# What makes a target fail stays in obj/fuzz/crashes: minimised and mended, it becomes one of t/fuzz/seeds.
fuzz: ## fuzz each parser of foreign bytes for FUZZ_SECONDS, JOBS of them side by side
	$(Q).ci/install check
	$(Q)$(MAKE) --no-print-directory fuzz-targets O=obj/fuzz CC=clang HARDENING=-fPIE FUZZ_MAIN= \
		CFLAGS='-O1 -g -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all' \
		LDFLAGS=-fsanitize=fuzzer
	$(Q)t/fuzz/run $(FUZZ_SECONDS) $(JOBS) $(notdir $(FUZZ_TARGETS))

.PHONY: test check check-debian check-plain check-asan check-monitors check-packages check-valgrind check-werror soak unit-tests \
	examples demo fuzz-targets coverage fuzz
