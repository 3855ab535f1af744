-- A sudoku solver: candidates as sets by string keys, propagation, search that copies the board, guesses undone.
local scale = tonumber((...)) or 1

local rows, columns = { "A", "B", "C", "D", "E", "F", "G", "H", "I" }, { "1", "2", "3", "4", "5", "6", "7", "8", "9" }
local squares, units, peers = {}, {}, {}

local function cross(a, b)
  local out = {}
  for _, x in ipairs(a) do
    for _, y in ipairs(b) do out[#out + 1] = x .. y end
  end
  return out
end
local function slice(list, from) return { list[from], list[from + 1], list[from + 2] } end

do
  local all = {}
  for _, c in ipairs(columns) do all[#all + 1] = cross(rows, { c }) end
  for _, r in ipairs(rows) do all[#all + 1] = cross({ r }, columns) end
  for i = 1, 7, 3 do
    for j = 1, 7, 3 do all[#all + 1] = cross(slice(rows, i), slice(columns, j)) end
  end
  squares = cross(rows, columns)
  for _, s in ipairs(squares) do
    local mine, set, list = {}, {}, {}
    for _, unit in ipairs(all) do
      for _, other in ipairs(unit) do
        if other == s then mine[#mine + 1] = unit break end
      end
    end
    for _, unit in ipairs(mine) do
      for _, other in ipairs(unit) do
        if other ~= s and not set[other] then set[other] = true list[#list + 1] = other end
      end
    end
    units[s], peers[s] = mine, list
  end
end

local assign

local function eliminate(board, s, digit)
  local had = board[s]
  local at = had:find(digit, 1, true)
  if not at then return true end
  local left = had:sub(1, at - 1) .. had:sub(at + 1)
  board[s] = left
  if #left == 0 then return false end
  if #left == 1 then
    for _, p in ipairs(peers[s]) do
      if not eliminate(board, p, left) then return false end
    end
  end
  for _, unit in ipairs(units[s]) do
    local place, count = nil, 0
    for i = 1, #unit do
      if board[unit[i]]:find(digit, 1, true) then place, count = unit[i], count + 1 end
    end
    if count == 0 then return false end
    if count == 1 and not assign(board, place, digit) then return false end
  end
  return true
end
function assign(board, s, digit)
  for other in board[s]:gmatch("%d") do
    if other ~= digit and not eliminate(board, s, other) then return false end
  end
  return true
end

local guesses = 0
local function search(board)
  local best, size
  for _, s in ipairs(squares) do
    local n = #board[s]
    if n > 1 and (not size or n < size) then best, size = s, n end
  end
  if not best then return board end
  for digit in board[best]:gmatch("%d") do
    guesses = guesses + 1
    local copy = {}
    for k, v in pairs(board) do copy[k] = v end
    if assign(copy, best, digit) then
      local found = search(copy)
      if found then return found end
    end
  end
end

local function solve(text)
  local board = {}
  for _, s in ipairs(squares) do board[s] = "123456789" end
  local i = 0
  for c in text:gmatch("[%d.]") do
    i = i + 1
    if c ~= "." and not assign(board, squares[i], c) then return nil end
  end
  return search(board)
end

local puzzles = {
  "4.....8.5.3..........7......2.....6.....8.4......1.......6.3.7.5..2.....1.4......",
  "52...6.........7.13...........4..8..6......5...........418.........3..2...87.....",
  "..3.2.6..9..3.5..1..18.64....81.29..7.......8..67.82....26.95..8..2.3..9..5.1.3..",
  "85...24..72......9..4.........1.7..23.5...9...4...........8..7..17..........36.4.",
}
local sum = 0
for round = 1, math.floor(38 * scale + 0.5) do
  for _, p in ipairs(puzzles) do
    local board = solve(p)
    for i, s in ipairs(squares) do sum = (sum * 3 + i * board[s]) % 1000003 end
  end
end
print(("%d %d"):format(sum, guesses))
