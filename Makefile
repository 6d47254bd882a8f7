# SPDX-License-Identifier: MIT
#
# The top of the build: checks the make, the paths and the goals, then does what the goals need, as Linux's does.
# Goals are of three kinds: those that need no configuration (help, clean, ...), those that make one (menuconfig,
# rpi4_defconfig, ...) and those that build from one. Goals of several kinds run one after the other, each in a make of
# its own. Everything built goes to $(O). The rules are in scripts/Makefile.*; "make help" names every goal.

VERSION := 0.1.0

ifneq ($(filter 3.%,$(MAKE_VERSION)),)
$(error make $(MAKE_VERSION) is too old, 4.0 or later is needed: run scripts/setup, or use gmake)
endif

short-flags := $(firstword -$(MAKEFLAGS))
MAKEFLAGS += -rR --no-print-directory
.SUFFIXES:
.DELETE_ON_ERROR:
.PHONY: FORCE __all
__all: all
FORCE:

# --- Where things are ------------------------------------------------------------------------------------------------

O ?= build
ifeq ($(wildcard scripts/Makefile.build),)
$(error run make in Cairn's source folder: make -C $(dir $(lastword $(MAKEFILE_LIST))) $(MAKECMDGOALS))
endif
ifneq ($(words $(CURDIR))$(findstring :,$(CURDIR))$(findstring %,$(CURDIR)),1)
$(error the source folder "$(CURDIR)" has a space, a colon or a % in its path, which make cannot handle: move it)
endif
ifneq ($(words $(O))$(findstring :,$(O))$(findstring %,$(O))$(findstring =,$(O)),1)
$(error O="$(O)" is empty or has a space, a colon, a % or a = in it, which make cannot handle: choose another folder)
endif
override O := $(patsubst $(CURDIR)/%,%,$(patsubst %/,%,$(O)))
ifeq ($(abspath $(O)),$(CURDIR))
$(error O=$(O) is the source folder, which stays clean: choose another, such as O=build)
endif
srctree := .
KCONFIG_CONFIG ?= $(O)/.config
PYTHON ?= python3
ext-dirs := $(patsubst %/,%,$(subst :, ,$(EXT)))
KERNELVERSION := $(VERSION)
need-python = command -v $(PYTHON) >/dev/null || { echo '$(PYTHON) is missing: run scripts/setup' >&2; exit 1; }
export O EXT KCONFIG_CONFIG PYTHON KERNELVERSION

# --- How much is said: V=1 prints commands, -s nothing ---------------------------------------------------------------

V ?= 0
Q := $(if $(filter 1,$(V)),,@)
quiet := $(if $(findstring s,$(short-flags)),silent,$(if $(filter 1,$(V)),verbose,quiet))

# --- What the goals need ---------------------------------------------------------------------------------------------

goals := $(or $(MAKECMDGOALS),all)
clean-goals := clean mrproper distclean
plain-goals := help kernelversion kernelrelease tags test test-all $(clean-goals)
config-goals := $(filter-out check-%,$(filter %config list-defconfigs,$(goals)))
build-goals := $(filter-out $(plain-goals) $(config-goals),$(goals))

ifneq ($(and $(config-goals)$(filter $(clean-goals),$(goals)),$(word 2,$(goals))),)
mode := one-by-one
else ifneq ($(config-goals),)
mode := config
else ifneq ($(build-goals),)
mode := build
else
mode := plain
endif

define forwarding-makefile
# Made by Cairn.
source := $(CURDIR)
.PHONY: all $$(MAKECMDGOALS)
all: ; @+$$(MAKE) -C $$(source) --no-print-directory O=$$(CURDIR) $$(MAKECMDGOALS)
$$(filter-out all Makefile,$$(MAKECMDGOALS)): all ; @:
Makefile: ;
endef

# The kinds that write to $(O) find out first whether they can, so that nobody has to read a page of failures.
ifneq ($(filter config build,$(mode)),)
ifneq ($(shell mkdir -p $(O) 2>/dev/null && test -w $(O) && echo y),y)
$(error cannot write to O=$(O): choose a folder that can be written to, such as O=/tmp/cairn-build)
endif
# "make -C build" shall work as well: the folder gets a Makefile that hands all goals on.
ifneq ($(shell sed -n 's/^source := //p' $(O)/Makefile 2>/dev/null),$(CURDIR))
$(file >$(O)/Makefile,$(forwarding-makefile))
endif
endif

ifeq ($(mode),one-by-one)
# -------------------------------------------------------------------------------------------------- several kinds
.PHONY: $(goals) one-by-one
.NOTPARALLEL:
$(goals): one-by-one ; @:
one-by-one:
	+$(Q)set -e; for goal in $(goals); do $(MAKE) $$goal; done

else ifeq ($(mode),config)
# -------------------------------------------------------------------------------------------------- configuration
.PHONY: $(config-goals)
$(config-goals): FORCE
	@$(need-python)
	$(Q)$(PYTHON) scripts/kconfig.py $@

else
include scripts/Makefile.lib
ifeq ($(mode),plain)
include scripts/Makefile.clean
endif
ifeq ($(mode),build)
# ---------------------------------------------------------------------------------------------------- building
include scripts/Makefile.lock
include scripts/Makefile.config
include scripts/Makefile.compiler
include scripts/Makefile.libfdt
include scripts/Makefile.build
include scripts/Makefile.link
include scripts/Makefile.vdso
include scripts/Makefile.dts
include scripts/Makefile.user
include scripts/Makefile.check
endif
include scripts/Makefile.goals
endif
