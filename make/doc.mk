# Documentation: what it has from the program's own tables.

PROGRAMS += $(O)/doc/generate $(O)/doc/director
$(O)/doc/generate: $(O)/doc/generate.o $(PARENT)
$(O)/doc/director: $(O)/doc/director.o $(PARENT)
$(O)/doc/director: LIBS += -ljansson

MANUAL     := $(O)/check_xmpp_ping.1
COMPLETION := $(O)/check_xmpp_ping.bash

# What the documentation has from the tables of options, conditions and phases is printed by a program that has those tables.
$(MANUAL): doc/check_xmpp_ping.1.in $(O)/doc/generate
	$(call say,MAN,$@)
	$(Q)$(O)/doc/generate fill <$< | sed -e 's/@VERSION@/$(VERSION)/' -e 's|@SYSCONFDIR@|$(sysconfdir)|' \
		-e 's/@SECTION@/$(mansection)/' >$@

$(COMPLETION): $(O)/doc/generate
	$(call say,BASH,$@)
	$(Q)$< bash >$@

# Checked in, as users copy and read it; a test tells when it is not what the tables say.
FILLED := doc/states.md doc/troubleshooting.md doc/check_xmpp_ping.schema.json

conf: $(O)/doc/generate $(O)/doc/director ## write what conf/ and doc/ have from the tables of options, conditions and phases
	$(Q)$< icinga2 >conf/icinga2/command.conf
	$(Q)$(O)/doc/director >conf/icinga2/director-basket.json
	$(Q)for file in $(FILLED); do $< fill <$$file >$(O)/filled && cp $(O)/filled $$file || exit 1; done

doc: ## draw the rooms of lib/ from the sources, for doc/architecture.md; needs graphviz
	$(Q)doc/draw_rooms | dot -Tsvg >doc/architecture.svg

# To be looked at before they are checked in.
pictures: all ## make the pictures of doc/ anew, from real monitoring systems
	$(Q).ci/install pictures
	$(Q)PROBE=$(abspath $(PROGRAM)) doc/pictures/make

.PHONY: conf doc pictures
