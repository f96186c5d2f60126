namespace System.Runtime.CompilerServices;

/// <summary>Known to the runtime by its name: lets the assembly that carries it reach the internals of another. Compiled guests reach this engine's, and guests cannot name anything.</summary>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
internal sealed class IgnoresAccessChecksToAttribute(string assemblyName) : Attribute
{
    public string AssemblyName { get; } = assemblyName;
}
