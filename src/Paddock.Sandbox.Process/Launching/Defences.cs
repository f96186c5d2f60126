namespace Paddock.Sandbox.Process;

/// <summary>Single defences, named so that a test can lift one and see the attack succeed. Nothing outside the tests can.</summary>
[Flags]
internal enum Defences
{
    None = 0,
    Seccomp = 1,
    Memory = 2,
    Cpu = 4,
    Pids = 8,
    Network = 16,
    OwnDescriptorsOnly = 32,
    EmptyEnvironment = 64,
    ReadOnlyRoot = 128,
    NoCoreDumps = 256,
    UserNamespaceLimit = 512,
    OtherUser = 1024,
    ProcessNamespace = 2048,
    DiesWithHost = 4096,
    SizedTemporary = 8192,
    MaskedProc = 16384,
    EmptiedGroup = 32768,
}
