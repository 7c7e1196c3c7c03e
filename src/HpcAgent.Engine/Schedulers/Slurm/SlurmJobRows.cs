using System.Runtime.CompilerServices;
using System.Text;

namespace HpcAgent.Engine.Schedulers.Slurm;

/// <summary>Where the rows of one job stand, by element.</summary>
internal sealed class SlurmJobRows
{
    private int[] _places = [];
    private Dictionary<int, int>? _far;

    /// <summary>Creates it.</summary>
    /// <param name="index">The number of the job among the jobs of the answer.</param>
    /// <param name="id">Its id.</param>
    public SlurmJobRows(int index, string id)
    {
        (Index, Id, Prefix) = (index, id, Encoding.ASCII.GetBytes(id + "_"));
    }

    /// <summary>The number of the job among the jobs of the answer.</summary>
    public int Index { get; }

    /// <summary>The id.</summary>
    public string Id { get; }

    /// <summary>What the ids of its elements begin with.</summary>
    public byte[] Prefix { get; }

    /// <summary>The place of an element's row, or -1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Find(int element)
    {
        if ((uint)element < (uint)_places.Length && _places[element] is var place and > 0) return place - 1;
        return _far is not null && _far.TryGetValue(element, out place) ? place : -1;
    }

    /// <summary>Notes the place of an element that has none yet.</summary>
    /// <param name="element">The element.</param>
    /// <param name="place">The place.</param>
    /// <param name="budget">How many more cells may be laid out; a high index alone must not take memory that its text does not.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(int element, int place, ref int budget)
    {
        if (element >= _places.Length)
        {
            int size = Math.Max(16, (int)Math.Min(int.MaxValue / 2, Math.Max(element + 1L, _places.Length * 2L)));
            if (size - _places.Length > budget)
            {
                (_far ??= [])[element] = place;
                return;
            }
            budget -= size - _places.Length;
            Array.Resize(ref _places, size);
        }
        _places[element] = place + 1;
    }
}
