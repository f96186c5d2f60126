namespace Paddock.Samples.HelpDesk.Accounts;

/// <summary>Somebody who works here.</summary>
internal sealed record User(long Id, string Login, string Name, string Role);
