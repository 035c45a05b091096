# check_xmpp_ping: build, test and install. `make help` lists the targets.
# Variables of the GNU coding standards may be given on the command line; V=1 shows each command.

VERSION := 0.2.0

prefix      ?= /usr/local
exec_prefix ?= $(prefix)
libdir      ?= $(exec_prefix)/lib
libexecdir  ?= $(libdir)/nagios/plugins
sysconfdir  ?= /etc
datarootdir ?= $(prefix)/share
mandir      ?= $(datarootdir)/man
includedir  ?= $(prefix)/include
docdir      ?= $(datarootdir)/doc/check_xmpp_ping
# Of the plugin's manual page; Debian keeps section 1 for programs of the PATH.
mansection  ?= 1
DESTDIR     ?=
INSTALL     ?= install
PKG_CONFIG  ?= pkg-config
OBJCOPY     ?= objcopy

# Objects and programs of one variant: `make O=obj/asan PROGRAM=obj/asan/check_xmpp_ping CFLAGS=...` builds another beside it.
O       ?= obj
PROGRAM ?= check_xmpp_ping

CFLAGS ?= -O2 -g
# Each only where a packager's flags do not have it, and the last two only where the compiler has them for this machine.
unless       = $(if $(findstring $(1),$(CPPFLAGS) $(CFLAGS)),,$(2))
supported    = $(shell $(CC) -Werror $(1) -x c -c -o /dev/null /dev/null 2>/dev/null && echo '$(1)')
HARDENING   ?= $(eval HARDENING := -fPIE $$(call unless,-fstack-protector,-fstack-protector-strong) \
	$$(call unless,_FORTIFY_SOURCE,-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3) \
	$$(call unless,-fstack-clash-protection,$$(call supported,-fstack-clash-protection)) \
	$$(call unless,-fcf-protection,$$(call supported,-fcf-protection)))$(HARDENING)
# The same bytes wherever the folder is; gcov needs to know where that was.
HERE         = $(call unless,--coverage,-ffile-prefix-map=$(CURDIR)=.)
WARNINGS  := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes
PACKAGES  := libstrophe libssl libcrypto libconfig libcares libidn libidn2 jansson
# Of these, what is not linked, but loaded when it is needed: see lib/base/library.h.
LOADED    := cares config idn2 jansson
# The child's sandbox; the program builds without it, too, and then says so in --version.
SECCOMP   := $(shell $(PKG_CONFIG) --exists libseccomp && echo libseccomp)

# Asked once, and only when something is built.
PACKAGE_FLAGS = $(eval PACKAGE_FLAGS := $$(shell $(PKG_CONFIG) --cflags --libs $(PACKAGES) $(SECCOMP)))$(PACKAGE_FLAGS)
soname        = $(shell readelf -d $$($(CC) -print-file-name=lib$(1).so) | sed -n 's/.*SONAME.*\[\(.*\)\]/\1/p')
LOADED_FLAGS  = $(eval LOADED_FLAGS := $(foreach name,$(LOADED),-DLIBRARY_$(name)='"$(call soname,$(name))"'))$(LOADED_FLAGS)

# Which rooms of lib/ each room may include; "." is lib/ itself, for "child/child.h" and "child/cage/confine.h".
MAY_base            := base
MAY_shared          := base shared
MAY_child           := base shared child
MAY_child/cage      := base shared child/cage
MAY_child/endpoints := base shared child child/cage child/endpoints
MAY_child/sasl      := base shared child/sasl
MAY_child/wire      := base shared child child/cage child/sasl child/wire
MAY_child/xmpp      := base shared child child/cage child/sasl child/wire child/xmpp
MAY_child/login     := $(MAY_child/xmpp) child/login
MAY_child/probe     := $(MAY_child/login) child/endpoints child/probe
MAY_options         := base shared options
MAY_config          := base shared options config
MAY_collect         := base shared collect .
MAY_judge           := base shared collect judge
MAY_report          := base shared options collect judge report
# What is in none of them: the program, and tests that are about both sides of the fork.
MAY_none            := base shared options config collect judge report .
CHILD_ROOMS         := base shared child $(addprefix child/,cage endpoints sasl wire xmpp login probe)
PARENT_ROOMS        := base shared options config collect judge report
ROOMS               := $(sort $(CHILD_ROOMS) $(PARENT_ROOMS))
# The room of the file that is compiled; t/unit mirrors them.
ROOM                 = $(firstword $(filter $(ROOMS),$(patsubst lib/%/,%,$(<D)/) $(patsubst t/unit/%/,%,$(<D)/)) none)

ALL_CPPFLAGS = -D_GNU_SOURCE -DVERSION='"$(VERSION)"' -DSYSCONFDIR='"$(sysconfdir)"' -DMANUAL_SECTION='"$(mansection)"' \
	$(if $(SECCOMP),-DHAVE_LIBSECCOMP) $(LOADED_FLAGS) $(MAY_$(ROOM):%=-Ilib/%) $(if $(filter t/%,$<),-It/support) \
	$(filter-out -l% -L%,$(PACKAGE_FLAGS)) $(CPPFLAGS)
ALL_CFLAGS   = -std=gnu11 -pthread $(WARNINGS) $(HARDENING) $(HERE) $(CFLAGS) $(PIC)
ALL_LDFLAGS  = -pie -Wl,-z,relro -Wl,-z,now -Wl,--as-needed $(LDFLAGS)
# Each symbol is looked for in this order at each start: those that most are in come first, which saves a tenth of it.
ALL_LIBS     = -lcrypto -lc $(filter-out $(LOADED:%=-l%),$(filter -l% -L%,$(PACKAGE_FLAGS))) -lm $(LIBS)

# The objects of rooms. Both sides of the fork have what is shared; neither has anything of the other.
objects      = $(patsubst %.c,$(O)/%.o,$(wildcard $(1:%=lib/%/*.c)))
CHILD       := $(O)/libchild.a
PARENT      := $(O)/libparent.a
BOTH        := $(PARENT) $(CHILD)

ifeq ($(V),1)
Q :=
say =
else
Q := @
say = @printf '  %-8s%s\n' $(1) $(2)
endif

.DELETE_ON_ERROR:
.SECONDARY:
.DEFAULT_GOAL := all

# Programs and archives: each file of make/ adds its own, with what it is made of.
PROGRAMS := $(PROGRAM) $(O)/tools/filters
ARCHIVES := $(BOTH)
include make/library.mk make/doc.mk make/install.mk make/test.mk make/bench.mk make/cost.mk make/lint.mk make/package.mk

all: plugin library ## build the plugin and the ping library; installs nothing

plugin: $(PROGRAM) $(MANUAL) $(COMPLETION) ## build the plugin, its man page and completion

$(PROGRAM): $(O)/check_xmpp_ping.o $(BOTH)
$(CHILD): $(call objects,$(CHILD_ROOMS)) $(O)/filters.o
$(PARENT): $(call objects,$(PARENT_ROOMS))

$(PROGRAMS):
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D) && $(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(ALL_LIBS)

$(ARCHIVES):
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) rcs $@ $^

define compile
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D) && $(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<
endef

$(O)/%.o: %.c Makefile
	$(compile)

$(O)/pic/%.o: PIC := -fPIC -fno-lto
$(O)/pic/%.o: %.c Makefile
	$(compile)

# The child's filters of system calls are made by a program that knows libseccomp; it is the build's, whatever is built.
$(O)/tools/filters: $(O)/tools/filters.o
$(O)/tools/filters: override LDFLAGS :=
$(O)/tools/filters: override LIBS :=
$(O)/tools/filters.o $(O)/filters.o: ROOM := child/cage

$(O)/filters.c: $(O)/tools/filters
	$(Q)$< >$@

$(O)/filters.o: $(O)/filters.c
	$(compile)

clean: ## remove all that was built
	rm -rf obj dist check_xmpp_ping

help: ## show the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1|/' | awk -F'|' '{ printf "  %-15s %s\n", $$1, $$2 }'

.PHONY: all plugin clean help

-include $(shell find $(O) -name '*.d' 2>/dev/null)
