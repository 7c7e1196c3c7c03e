using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace HpcAgent.Kernels;

/// <summary>Eight bytes of a text as one word, the first in its lowest byte, without another check of their place.</summary>
internal static class EightBytes
{
    /// <summary>Reads them; position + 8 must not be beyond the end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong At(ReadOnlySpan<byte> text, int position)
    {
        Debug.Assert(position >= 0 && position <= text.Length - 8, "eight bytes are there");
        ulong word = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref MemoryMarshal.GetReference(text), position));
        return BitConverter.IsLittleEndian ? word : BinaryPrimitives.ReverseEndianness(word);
    }
}
