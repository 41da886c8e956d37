package papers

import (
	"slices"
	"strings"
)

// changed gives two texts with what differs between them: words that went are struck in the
// first, and words that came are underlined in the second.
func changed(was, is string) (before, after Text) {
	gone, come := strings.SplitAfter(was, " "), strings.SplitAfter(is, " ")
	kept := common(bare(gone), bare(come))
	return looking(gone, kept, Struck), looking(come, kept, Added)
}

// bare gives words without the blanks after them, by which they do not differ.
func bare(words []string) []string {
	all := make([]string, len(words))
	for i, word := range words {
		all[i] = strings.TrimSuffix(word, " ")
	}
	return all
}

// looking gives a text in which the words that are not kept have a look.
func looking(words, kept []string, look Look) (text Text) {
	for _, word := range words {
		now := look
		if len(kept) > 0 && strings.TrimSuffix(word, " ") == kept[0] {
			kept, now = kept[1:], ""
		}
		if last := len(text) - 1; last >= 0 && text[last].Look == now {
			text[last].Text += word
		} else {
			text = append(text, Run{Text: word, Look: now})
		}
	}
	return text
}

// common gives the longest sequence of words that stands in both texts. Where they are so long
// that to look for it would take long, it is none.
func common(a, b []string) (kept []string) {
	const most = 1 << 22
	if len(a)*len(b) > most {
		return nil
	}
	longest := make([][]int, len(a)+1) // from each place on
	for i := range longest {
		longest[i] = make([]int, len(b)+1)
	}
	for i, word := range slices.Backward(a) {
		for j, other := range slices.Backward(b) {
			longest[i][j] = max(longest[i+1][j], longest[i][j+1])
			if word == other {
				longest[i][j] = longest[i+1][j+1] + 1
			}
		}
	}
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] == b[j]:
			kept = append(kept, a[i])
			i, j = i+1, j+1
		case longest[i+1][j] >= longest[i][j+1]:
			i++
		default:
			j++
		}
	}
	return kept
}
