package holders

// Derived is something that is derived once from an account: a table that the
// rules of one subject share, or answers that one of them remembers.
type Derived[T any] struct{ derive func(*Account) T }

// NewDerived makes one of the function that derives it.
func NewDerived[T any](derive func(*Account) T) *Derived[T] { return &Derived[T]{derive} }

// Remembered is a table of answers about one account, empty at first.
func Remembered[K comparable, V any]() *Derived[map[K]V] {
	return NewDerived(func(*Account) map[K]V { return map[K]V{} })
}

// Of is what is derived from an account.
func (d *Derived[T]) Of(a *Account) T {
	if known, ok := a.derived[d].(T); ok {
		return known
	}
	out := d.derive(a)
	a.derived[d] = out
	return out
}
