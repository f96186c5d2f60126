namespace Paddock.Wasm.Conformance;

/// <summary>What became of one file of the suite. <paramref name="NotApplicable"/> counts malformed text only: there is no text parser here.</summary>
public sealed record SuiteResult(string Name, int Passed, int NotApplicable, IReadOnlyList<string> Failures);
