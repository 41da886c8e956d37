package protocol

import "time"

// PostOrders is the answer of ActivityPost.
type PostOrders struct {
	// Next is when to look again, at the latest.
	Next time.Time `json:"next"`
}
