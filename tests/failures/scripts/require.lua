package.preload.failures_m = function(n)
  return {n = n}
end
assert(require 'failures_m'.n == 'failures_m')
package.loaded.failures_m = nil
local ok, e = pcall(require, 'failures_not_there')
if e == 'not enough memory' then
  error(e, 0)
end
