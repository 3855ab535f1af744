-- The differences that are meant, each with its reason. Two kinds:
--   pinned   a script whose results on the two interpreters must each be as stated: one that has vanished fails the run;
--   rules    what the differences of generated cases may look like, because of a pinned one (`of`).
--
--   lua5.1 allowed.lua REFERENCE OURS FOLDER     runs the pinned scripts
--
-- compare.lua asks allowed.find.

local allowed = {}

-- name, why, code, reference = pattern over "status N\n" .. output, ours = pattern
local pinned = {}

-- area (pattern), id (pattern), reference, ours (patterns over the text), of = name of the pinned one, skip = true: the case says nothing
local rules = {}

function allowed.find(area, id, ref, our)
  for _, rule in ipairs(rules) do
    if (not rule.area or area:find(rule.area)) and (not rule.id or id:find(rule.id))
      and (not rule.reference or ref:find(rule.reference)) and (not rule.ours or our:find(rule.ours)) then
      return rule.skip and "skip" or rule.of
    end
  end
end

return allowed
