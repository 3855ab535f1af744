-- Writes a PDF file of that many pages, each with its number.
local pages, out, offsets, length = tonumber(arg[1]), {}, {}, 0
local function put(s) out[#out + 1] = s length = length + #s end
local function object(n, body) offsets[n] = length put(("%d 0 obj\n%s\nendobj\n"):format(n, body)) end
put "%PDF-1.4\n"
local kids = {}
for i = 1, pages do kids[i] = (3 + 2 * i) .. " 0 R" end
object(1, "<< /Type /Catalog /Pages 2 0 R >>")
object(2, ("<< /Type /Pages /Count %d /Kids [ %s ] >>"):format(pages, table.concat(kids, " ")))
object(3, "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
object(4, "<< /Font << /F1 3 0 R >> >>")
for i = 1, pages do
  local text = ("BT /F1 40 Tf 100 400 Td (page %d) Tj ET"):format(i)
  object(3 + 2 * i, ("<< /Type /Page /Parent 2 0 R /MediaBox [ 0 0 420 595 ] /Resources 4 0 R /Contents %d 0 R >>"):format(4 + 2 * i))
  object(4 + 2 * i, ("<< /Length %d >>\nstream\n%s\nendstream"):format(#text, text))
end
local at = length
put(("xref\n0 %d\n0000000000 65535 f \n"):format(#offsets + 1))
for i = 1, #offsets do put(("%010d 00000 n \n"):format(offsets[i])) end
put(("trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"):format(#offsets + 1, at))
io.write(table.concat(out))
