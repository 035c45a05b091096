# Linters.

C_FILES := $(wildcard *.c lib/*/*.[ch] lib/*/*/*.[ch] t/support/*.[ch] t/unit/*/*.[ch] t/unit/*/*/*.[ch] t/fuzz/*.[ch] \
	doc/*/*.[ch] tools/*.c bench/*.c)

# What they find depends on their versions: leaves a recipe's line, and says so, where it is another than the one made for.
made_for = $(1) --version | grep -qw '$(2)' || { echo "  $(1) is not run: it is not version $(2)"; exit 0; };

lint: ## run the linters
	$(call say,LINT,clang-format)
	$(Q)$(call made_for,clang-format,14) clang-format --dry-run -Werror $(C_FILES)
	$(call say,LINT,cppcheck)
	$(Q)$(call made_for,cppcheck,2.10) cppcheck --quiet --std=c11 --enable=warning,performance,portability \
		--inline-suppr --error-exitcode=1 -j2 -Ilib $(ROOMS:%=-Ilib/%) check_xmpp_ping.c lib
	$(call say,LINT,clang-tidy)
	$(Q)$(call made_for,clang-tidy,14) $(foreach ROOM,$(ROOMS),\
		clang-tidy --quiet $(wildcard lib/$(ROOM)/*.c) -- -std=gnu11 $(ALL_CPPFLAGS) 2>/dev/null &&) \
		clang-tidy --quiet check_xmpp_ping.c -- -std=gnu11 $(ALL_CPPFLAGS) 2>/dev/null
	$(call say,LINT,shellcheck)
	$(Q)shellcheck .ci/run .ci/install .ci/debian .ci/base t/fuzz/run t/support/clean_root
	$(call say,LINT,perl)
	$(Q)for file in t/*.t t/valgrind/*.t t/monitors/* debian/tests/login debian/tests/library t/demo t/soak t/support/*.pm \
		t/support/*/*.pm t/cost/run bench/Bench/*.pm bench/run doc/draw_rooms doc/pictures/make doc/pictures/*.pm; do \
		perl -It/support -Ibench -Idoc/pictures -wc $$file 2>&1 | grep -v ' syntax OK$$' && exit 1; done; true

format: ## lay out the C files
	clang-format -i $(C_FILES)

.PHONY: lint format
