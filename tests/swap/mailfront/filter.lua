-- A filter of mailfront: one function an event, each answers with a code and a message, or with nothing. This host opens no
-- library at all, so there is only the language.
local recipients, blocks, bytes = {}, 0, 0
local answers = {
  ["spam@here.example"] = { 550, "no room for spam" },
  ["later@here.example"] = { 450 },
}

msg("loaded", "globals " .. (string == nil and print == nil and "none" or "some"))
setenv("FILTERED", "yes", true)
setstr("helo_domain", "filter.example")
setnum("maxdatabytes", 5000)

function helo(domain)
  msg("helo " .. domain, "as " .. (getenv "FILTERED" or "nothing") .. " " .. getnum("maxdatabytes", 0) .. " " .. getnum("nothing", 7) .. " " .. getstr "helo_domain")
end

function reset() recipients, blocks, bytes = {}, 0, 0 end

function sender(address)
  if address == "refused@example.org" then return 553, "not from " .. address end
  if address == "error@example.org" then return nothing.here end
  if address == "loop@example.org" then
    -- Work: a sieve, and a closure for each prime.
    local sieve, sum = {}, 0
    for i = 2, 2000 do
      if sieve[i] == nil then
        local add = function() sum = sum + i end
        add()
        for j = i * i, 2000, i do sieve[j] = true end
      end
    end
    return 250, "the sum is " .. sum
  end
  msg("sender " .. address)
end

function recipient(address)
  local answer = answers[address]
  if answer then return answer[1], answer[2] end
  recipients[#recipients + 1] = address
end

function data_start()
  local all = ""
  for i = 1, #recipients do all = all .. recipients[i] .. " " end
  msg("to " .. all)
end

function data_block(block)
  blocks, bytes = blocks + 1, bytes + #block
end

function message_end()
  msg(blocks .. " blocks, " .. bytes .. " bytes")
  if #recipients == 1 then return 554, "not to one alone" end
end
