// The tests share one server, and some count what is on it: one after the other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
