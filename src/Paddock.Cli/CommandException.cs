namespace Paddock.Cli;

/// <summary>A command cannot do what it was asked. The message is for whoever typed it: what, which, and how to mend it.</summary>
internal sealed class CommandException(string message) : Exception(message);
