namespace Paddock.Wasm;

/// <summary>
/// Types of a function's locals, parameters first. The first few are expanded; beyond them the run is searched for:
/// a body of ten bytes can declare 50,000 locals, and a module can have a million such bodies.
/// </summary>
internal sealed class LocalTypes
{
    private const int Expanded = 256;

    private readonly ValueType[] _first = new ValueType[EngineLimits.Parameters + Expanded];
    private int _firstCount;
    private int[] _runEnds = new int[16];
    private IReadOnlyList<(uint Count, ValueType Type)> _runs = [];
    private int _count;

    public void Reset(ValueType[] parameters, IReadOnlyList<(uint Count, ValueType Type)> runs)
    {
        parameters.CopyTo(_first, 0);
        _runs = runs;
        _firstCount = _count = parameters.Length;
        if (runs.Count > _runEnds.Length) _runEnds = new int[Math.Max(runs.Count, _runEnds.Length * 2)];
        for (var i = 0; i < runs.Count; i++)
        {
            var (count, type) = runs[i];
            var expand = Math.Min((int)count, _first.Length - _firstCount);
            _first.AsSpan(_firstCount, expand).Fill(type);
            _firstCount += expand;
            _count += (int)count;
            _runEnds[i] = _count;
        }
    }

    public ValueType Get(uint index, int offset)
    {
        if (index < (uint)_firstCount) return _first[index];
        if (index >= (uint)_count) throw ModuleValidator.Invalid($"unknown local {index}", offset);

        // The first run that ends beyond the index. Runs of no locals share the end of the run before them, so Array.BinarySearch could meet any of them.
        var (low, high) = (0, _runs.Count - 1);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_runEnds[middle] > (int)index) high = middle;
            else low = middle + 1;
        }

        return _runs[low].Type;
    }
}
