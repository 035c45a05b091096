-- SPDX-License-Identifier: GPL-3.0-or-later
-- Tells tests what a Prosody sees: each ping in its log, and the number of client connections that it holds, twice a
-- second, in the file that the option witness_file names.
module:set_global();

local filters = require "util.filters";
local sessions = module:shared("/*/c2s/sessions");
local file = module:get_option_string("witness_file");

local function note_ping(stanza, session)
	if stanza.name == "iq" and stanza.attr.type == "get" and stanza:get_child("ping", "urn:xmpp:ping") then
		module:log("info", "ping from %s@%s", session.username or "?", session.host or "?");
	end
	return stanza;
end

local function watch(session)
	if session.type == "c2s_unauthed" then
		filters.add_filter(session, "stanzas/in", note_ping, 10);
	end
end

filters.add_filter_hook(watch);
function module.unload()
	filters.remove_filter_hook(watch);
end

if file then
	module:add_timer(0.5, function ()
		local count = 0;
		for _ in pairs(sessions) do
			count = count + 1;
		end
		local out = io.open(file..".new", "w");
		out:write(count, "\n");
		out:close();
		os.rename(file..".new", file);
		return 0.5;
	end);
end
