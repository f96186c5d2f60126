namespace Paddock.Wasm;

/// <summary>Images of an instance's state.</summary>
public sealed partial class Instance
{
    /// <summary>Whether its state can be kept and set: no table was changed, no global holds a reference. An instance that cannot is used once.</summary>
    public bool CanBeImaged => !Array.Exists(Tables, t => t.Modified) && !Array.Exists(Globals, g => g.Type.Type.IsReference() && g.Reference is not null);

    /// <summary>Keeps the state of this instance, which must not be running.</summary>
    /// <param name="basis">An image of the same module whose equal pages are shared; null for none.</param>
    /// <exception cref="InvalidOperationException">A table was changed, or a global holds a reference: such state is bound to this instance.</exception>
    public InstanceImage Capture(InstanceImage? basis = null) => InstanceImage.Capture(this, basis);

    /// <summary>Sets memory, its length and all globals to an image's; nothing of what was there before remains readable. Also after a trap.</summary>
    public void Restore(InstanceImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        image.Restore(this);
    }
}
