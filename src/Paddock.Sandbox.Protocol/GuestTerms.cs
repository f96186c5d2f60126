namespace Paddock.Sandbox.Protocol;

/// <summary>On what terms a process is started that serves one call only.</summary>
/// <param name="Limits">Its limits: the plugin's, or lower.</param>
/// <param name="Recorded">Whether its call is recorded, or run again from a recording: whatever else would differ from process to process is to be fixed.</param>
public sealed record GuestTerms(Limits Limits, bool Recorded);
