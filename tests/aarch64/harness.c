/*
** harness.c - the C boundary's assembly for AArch64 at work: what a call behind a recovery point keeps, what a
** throw brings back, what a variadic entry passes on, what an unwinder finds. Linked with extract.lua's boundary.s.
*/
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unwind.h>

typedef struct Recovery { void *newest, *exception; uint32_t code; } Recovery;
typedef struct WordOutcome { uint64_t value, code; } WordOutcome;
enum { EXCEPTION = 0x200 };

uint64_t protected_call(const Recovery *slot, int (*f)(void *), void *state);
int protected_call_then(const Recovery *slot, int (*f)(void *), void *state, int (*then)(void *, uint64_t, uint64_t), uint64_t word);
WordOutcome protected_call2(const Recovery *slot, const void *f, void *state, void *arg);
_Noreturn void throw(void *point, uint32_t code);
const char *variadic(void *state, const char *format, ...);

/* The library's lands exceptions at the address that is the function's data. */
_Unwind_Reason_Code personality(int version, _Unwind_Action actions, _Unwind_Exception_Class class,
                                struct _Unwind_Exception *exception, struct _Unwind_Context *context)
{
  (void)version; (void)class;
  if (actions & _UA_SEARCH_PHASE) return _URC_HANDLER_FOUND;
  _Unwind_SetGR(context, 0, (_Unwind_Word)exception);
  _Unwind_SetIP(context, (_Unwind_Ptr)_Unwind_GetLanguageSpecificData(context));
  return _URC_INSTALL_CONTEXT;
}

static Recovery slot;
static int passed, failed;

static void check(int ok, int line, const char *what)
{
  if (ok) { passed++; return; }
  failed++;
  printf("harness.c:%d: FAILED %s\n", line, what);
}
#define CHECK(cond) check(!!(cond), __LINE__, #cond)

/* Every register that a function has to keep, and those it need not, are something else now. */
#define CLOBBER() __asm__ volatile( \
  "mov x19, #-1\n mov x20, #-1\n mov x21, #-1\n mov x22, #-1\n mov x23, #-1\n mov x24, #-1\n mov x25, #-1\n mov x26, #-1\n" \
  "mov x27, #-1\n mov x28, #-1\n movi v8.2d, #0\n movi v9.2d, #0\n movi v10.2d, #0\n movi v11.2d, #0\n" \
  "movi v12.2d, #0\n movi v13.2d, #0\n movi v14.2d, #0\n movi v15.2d, #0" \
  ::: "x19", "x20", "x21", "x22", "x23", "x24", "x25", "x26", "x27", "x28", \
      "d8", "d9", "d10", "d11", "d12", "d13", "d14", "d15", "memory")

static int returns(void *state) { CLOBBER(); CHECK(slot.newest != NULL); return *(int *)state; }
static int throws(void *state) { CLOBBER(); throw(slot.newest, *(uint32_t *)state); }
static uint64_t returns2(void *state, void *arg) { CLOBBER(); return *(uint64_t *)state + *(uint64_t *)arg; }
static uint64_t throws2(void *state, void *arg) { CLOBBER(); (void)arg; throw(slot.newest, *(uint32_t *)state); }
static uint64_t came;
static int seven = 7;
static int after(void *state, uint64_t outcome, uint64_t word)
{
  CHECK(slot.newest == NULL);
  CHECK(word == UINT64_C(0xfedcba9876543210));
  came = outcome;
  CLOBBER();
  return *(int *)state - 1;
}
static int then(int (*f)(void *), void *state)
{
  return protected_call_then(&slot, f, state, after, UINT64_C(0xfedcba9876543210));
}
static int deep(void *state)
{
  volatile char room[500];
  int n = *(int *)state;
  room[0] = (char)n;
  if (n == 0) throw(slot.newest, 77);
  if (n < 0) return 0;
  n--;
  return deep(&n) + room[0];
}
static int nested(void *state)
{
  void *own = slot.newest;
  uint32_t code = 5;
  int outer = *(int *)state;
  CHECK(protected_call(&slot, throws, &code) >> 32 == 5);
  CHECK(slot.newest == own);
  throw(slot.newest, (uint32_t)outer);
}

/* Runs with values in all registers that are to be kept, and looks at them afterwards. */
static void kept(int which)
{
  register uint64_t a __asm__("x19") = 1, b __asm__("x20") = 2, c __asm__("x21") = 3, d __asm__("x22") = 4, e __asm__("x23") = 5;
  register uint64_t f __asm__("x24") = 6, g __asm__("x25") = 7, h __asm__("x26") = 8, i __asm__("x27") = 9, j __asm__("x28") = 10;
  register double k __asm__("d8") = 11, l __asm__("d9") = 12, m __asm__("d10") = 13, n __asm__("d11") = 14;
  register double o __asm__("d12") = 15, p __asm__("d13") = 16, q __asm__("d14") = 17, r __asm__("d15") = 18;
  uint64_t got;
  static int value = -3;
  static uint32_t code = 41;
  static uint64_t left = UINT64_C(0x123456789), right = 2;
  WordOutcome words;
#define HOLD() do { \
  __asm__ volatile("" : "+r"(a), "+r"(b), "+r"(c), "+r"(d), "+r"(e), "+r"(f), "+r"(g), "+r"(h), "+r"(i), "+r"(j) :: "memory"); \
  __asm__ volatile("" : "+w"(k), "+w"(l), "+w"(m), "+w"(n), "+w"(o), "+w"(p), "+w"(q), "+w"(r) :: "memory"); } while (0)
  HOLD();
  switch (which) {
  case 0: got = protected_call(&slot, returns, &value); HOLD(); CHECK(got == (uint32_t)-3); break;
  case 1: got = protected_call(&slot, throws, &code); HOLD(); CHECK(got == UINT64_C(41) << 32); break;
  case 2: words = protected_call2(&slot, (const void *)returns2, &left, &right); HOLD();
    CHECK(words.value == UINT64_C(0x12345678b) && words.code == 0); break;
  case 3: words = protected_call2(&slot, (const void *)throws2, &code, &right); HOLD(); CHECK(words.code == 41); break;
  case 4: got = (uint64_t)then(returns, &value); HOLD(); CHECK((int)got == -4 && came == (uint32_t)-3); break;
  default: got = (uint64_t)then(throws, &code); HOLD(); CHECK((int)got == 40 && came == UINT64_C(41) << 32); break;
  }
  HOLD();
  CHECK(a == 1 && b == 2 && c == 3 && d == 4 && e == 5 && f == 6 && g == 7 && h == 8 && i == 9 && j == 10);
  CHECK(k == 11 && l == 12 && m == 13 && n == 14 && o == 15 && p == 16 && q == 17 && r == 18);
  CHECK(slot.newest == NULL);
}

/* ---- variadic entries ---- */

static char told[1000];
const char *worker(void *state, const char *format, va_list *args)
{
  char *out = told;
  CHECK(state == told);
  for (; *format; format++) {
    if (*format == 'd') out += sprintf(out, "%d ", va_arg(*args, int));
    else if (*format == 'p') out += sprintf(out, "%lx ", (unsigned long)va_arg(*args, void *));
    else out += sprintf(out, "%g ", va_arg(*args, double));
  }
  return told;
}

static void test_variadic(void)
{
  CHECK(strcmp(variadic(told, "dfp", -7, 2.5, (void *)0xabc), "-7 2.5 abc ") == 0);
  CHECK(strcmp(variadic(told, "dddddddddd", 1, 2, 3, 4, 5, 6, 7, 8, 9, -10), "1 2 3 4 5 6 7 8 9 -10 ") == 0);
  CHECK(strcmp(variadic(told, "ffffffffff", .5, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5, 8.5, 9.5), "0.5 1.5 2.5 3.5 4.5 5.5 6.5 7.5 8.5 9.5 ") == 0);
  CHECK(strcmp(variadic(told, "dfdfdfdfdfdfdfdfdfdf", 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5, 5.5, 6, 6.5, 7, 7.5, 8, 8.5, 9, 9.5, 10, 10.5),
               "1 1.5 2 2.5 3 3.5 4 4.5 5 5.5 6 6.5 7 7.5 8 8.5 9 9.5 10 10.5 ") == 0);
}

/* ---- what an unwinder finds ---- */

static _Unwind_Ptr seen[64];
static int frames;
static _Unwind_Reason_Code see(struct _Unwind_Context *context, void *data)
{
  (void)data;
  if (frames < 64) seen[frames++] = _Unwind_GetRegionStart(context);
  return _URC_NO_REASON;
}
static int looks(void *state) { (void)state; CLOBBER(); frames = 0; _Unwind_Backtrace(see, NULL); return 0; }

int main(void);
static void test_unwinding(void)
{
  int i, boundary = 0, bottom = 0;
  protected_call(&slot, looks, NULL);
  for (i = 0; i < frames; i++) {
    boundary += seen[i] == (_Unwind_Ptr)protected_call;
    bottom += boundary && seen[i] == (_Unwind_Ptr)main;
  }
  CHECK(boundary == 1);
  CHECK(bottom == 1);
  then(looks, &seven);
  for (i = boundary = bottom = 0; i < frames; i++) {
    boundary += seen[i] == (_Unwind_Ptr)protected_call_then;
    bottom += boundary && seen[i] == (_Unwind_Ptr)main;
  }
  CHECK(boundary == 1);
  CHECK(bottom == 1);
}

/* An exception that leaves the C function lands in the protected call. */
static struct _Unwind_Exception flying;
static int raises(void *state) { CLOBBER(); (void)state; _Unwind_RaiseException(&flying); return 1; }
static uint64_t raises2(void *state, void *arg) { CLOBBER(); (void)state; (void)arg; _Unwind_RaiseException(&flying); return 1; }
static void test_exceptions(void)
{
  WordOutcome words;
  CHECK(protected_call(&slot, raises, NULL) == (uint64_t)EXCEPTION << 32);
  CHECK(slot.exception == &flying && slot.newest == NULL);
  slot.exception = NULL;
  words = protected_call2(&slot, (const void *)raises2, NULL, NULL);
  CHECK(words.code == EXCEPTION);
  CHECK(slot.exception == &flying && slot.newest == NULL);
  slot.exception = NULL;
  CHECK(then(raises, &seven) == 6);
  CHECK(came == (uint64_t)EXCEPTION << 32);
  CHECK(slot.exception == &flying && slot.newest == NULL);
}

int main(void)
{
  int i, n;
  for (i = 0; i < 6; i++) kept(i);
  n = 100;
  CHECK(protected_call(&slot, deep, &n) == UINT64_C(77) << 32);
  n = 9;
  CHECK(protected_call(&slot, nested, &n) == UINT64_C(9) << 32);
  CHECK(slot.newest == NULL);
  for (i = 0, n = 0; i < 100000; i++) { uint32_t code = 1 + (uint32_t)i % 100; n += protected_call(&slot, throws, &code) >> 32 == code; }
  CHECK(n == 100000);
  test_variadic();
  test_unwinding();
  test_exceptions();
  printf("%d passed, %d failed\n", passed, failed);
  return failed != 0;
}
