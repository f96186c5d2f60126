namespace Paddock;

/// <summary>How much of a list is given at once.</summary>
internal static class PageLimit
{
    private const int Most = 200;

    public static ServiceError? Check(int limit) => limit is >= 1 and <= Most ? null : ServiceError.Invalid([
        new Finding(ServiceErrorCodes.LimitInvalid, $"The limit is not within 1 to {Most}.") { Path = "limit" },
    ]);
}
