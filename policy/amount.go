package policy

import (
	"cmp"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Amount is how much of an indicator there is: a decimal number with three decimals at
// most, exact, so that sums do not depend on their order.
type Amount struct {
	whole int64 // the whole number below
	parts int16 // thousandths above it, less than thousand
}

// thousand is how many parts an Amount has to the whole, and decimals their digits.
const thousand, decimals = 1000, 3

// Whole gives the amount of a whole number.
func Whole(n int64) Amount { return Amount{whole: n} }

// ParseAmount reads an amount as String writes it. The error has CodeInvalid and says how
// it is written.
func ParseAmount(text string) (Amount, error) {
	digits, fraction, point := strings.Cut(text, ".")
	switch {
	case strings.Contains(text, ","):
		if other := strings.Replace(text, ",", ".", 1); !strings.Contains(text, ".") && isAmount(other) {
			return Amount{}, Refuse(CodeInvalid, "%q has a comma: decimals come after a point, as in %s, and thousands are not set apart", text, other)
		}
		return Amount{}, notAmount(text)
	case point && len(fraction) == decimals && strings.HasSuffix(fraction, "0"):
		shorter := strings.TrimRight(strings.TrimRight(text, "0"), ".")
		return Amount{}, Refuse(CodeInvalid, "%q may be read in two ways: write %s, or %s", text, shorter, digits+fraction)
	}
	return parseAmount(text)
}

func parseAmount(text string) (Amount, error) {
	digits, fraction, point := strings.Cut(text, ".")
	fraction = strings.TrimRight(fraction, "0")
	whole, err := strconv.ParseInt(digits, 10, 64)
	switch {
	case err != nil, point && strings.HasSuffix(text, "."), strings.Trim(fraction, "0123456789") != "":
		return Amount{}, notAmount(text)
	case len(fraction) > decimals:
		return Amount{}, Refuse(CodeInvalid, "%q has more than three decimals: figures are kept with three at most", text)
	}
	parts, _ := strconv.ParseInt("0"+(fraction + "000")[:decimals], 10, 16)
	if strings.HasPrefix(digits, "-") && parts > 0 {
		whole, parts = whole-1, thousand-parts
	}
	return Amount{whole, int16(parts)}, nil
}

func isAmount(text string) bool {
	_, err := parseAmount(text)
	return err == nil
}

func notAmount(text string) error {
	return Refuse(CodeInvalid, "%q is not a number as figures are written: write digits, and decimals after a point, such as 12.5", text)
}

// Floor gives the whole number below, or the amount itself.
func (a Amount) Floor() int64 { return a.whole }

// Negative says whether it is less than nothing.
func (a Amount) Negative() bool { return a.whole < 0 }

// Compare orders amounts: negative when a is less than b.
func (a Amount) Compare(b Amount) int {
	return cmp.Or(cmp.Compare(a.whole, b.whole), cmp.Compare(a.parts, b.parts))
}

// Equal says whether they are the same.
func (a Amount) Equal(b Amount) bool { return a == b }

// Plus adds amounts, as Plus does.
func (a Amount) Plus(b Amount) Amount {
	whole, parts := Plus(a.whole, b.whole), a.parts+b.parts
	if parts >= thousand {
		whole, parts = Plus(whole, 1), parts-thousand
	}
	return Amount{whole, parts}
}

// Minus takes an amount away.
func (a Amount) Minus(b Amount) Amount {
	less := Amount{-max(b.whole, -math.MaxInt64), 0}
	if b.parts > 0 {
		less = Amount{less.whole - 1, thousand - b.parts}
	}
	return a.Plus(less)
}

// Float64 gives about as much, for drawings.
func (a Amount) Float64() float64 { return float64(a.whole) + float64(a.parts)/thousand }

// Decimals gives the digits after the point; none where it is whole.
func (a Amount) Decimals() string {
	if a.parts == 0 {
		return ""
	}
	_, after, _ := strings.Cut(a.String(), ".")
	return after
}

// String writes the amount, such as "12.5".
func (a Amount) String() string {
	whole, parts, sign := a.whole, a.parts, ""
	if whole < 0 && parts > 0 {
		if whole, parts = whole+1, thousand-parts; whole == 0 {
			sign = "-"
		}
	}
	text := sign + strconv.FormatInt(whole, 10)
	if parts > 0 {
		text += "." + strings.TrimRight(fmt.Sprintf("%03d", parts), "0")
	}
	return text
}

// MarshalText writes the amount as String does.
func (a Amount) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText reads what people write; empty text is none.
func (a *Amount) UnmarshalText(text []byte) error { return fromText(a, text, ParseAmount) }

// MarshalJSON writes the amount as a number.
func (a Amount) MarshalJSON() ([]byte, error) { return a.MarshalText() }

// UnmarshalJSON reads a number.
func (a *Amount) UnmarshalJSON(text []byte) error {
	if string(text) == "null" {
		return nil
	}
	return fromText(a, text, parseAmount)
}

// bounded says whether it has no more digits than are kept.
func (a Amount) bounded() bool {
	digits := strings.NewReplacer("-", "", ".", "").Replace(a.String())
	return len(strings.TrimLeft(digits, "0")) <= maxDigits
}
