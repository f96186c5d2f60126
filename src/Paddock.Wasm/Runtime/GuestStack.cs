namespace Paddock.Wasm;

/// <summary>The stack that guests of the current thread run on.</summary>
public static class GuestStack
{
    /// <summary>Bytes that the current thread has left. A host whose functions need stack of their own sets <see cref="Instance.MaxStackBytes"/> to less than this.</summary>
    public static long RemainingBytes => StackBounds.Remaining();
}
