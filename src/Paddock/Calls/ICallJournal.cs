namespace Paddock.Calls;

/// <summary>Keeps what came of calls.</summary>
internal interface ICallJournal
{
    /// <summary>Keeps one call; done before its caller is answered.</summary>
    ValueTask RecordAsync(Plugin plugin, string executionId, PluginCall call, DateTimeOffset startedAt, CallResult result);
}
