namespace Paddock;

/// <summary>What came of an execution, and where its record is.</summary>
/// <param name="ExecutionId">Id of the execution's record.</param>
/// <param name="Result">How the call ended. A guest's failure is a result, not an error of the use case.</param>
public sealed record ExecutionOutcome(string ExecutionId, CallResult Result);
