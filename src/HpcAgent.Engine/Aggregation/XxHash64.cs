using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace HpcAgent.Engine.Aggregation;

/// <summary>
/// XXH64, a fast hash of 64 bits that spreads well and is no cryptographic one (Collet, "xxHash fast digest algorithm", version 0.1.1). SHA-256
/// of each of a million records takes longer than to read them.
/// </summary>
internal static class XxHash64
{
    private const ulong Prime1 = 0x9E3779B185EBCA87;
    private const ulong Prime2 = 0xC2B2AE3D27D4EB4F;
    private const ulong Prime3 = 0x165667B19E3779F9;
    private const ulong Prime4 = 0x85EBCA77C2B2AE63;
    private const ulong Prime5 = 0x27D4EB2F165667C5;

    /// <summary>The hash of a text.</summary>
    /// <param name="text">The bytes.</param>
    /// <param name="seed">Any number; another one gives another hash.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static ulong Of(ReadOnlySpan<byte> text, ulong seed)
    {
        ulong length = (ulong)text.Length;
        ulong hash = text.Length >= 32 ? OfBlocks(ref text, seed) : seed + Prime5;
        hash += length;
        for (; text.Length >= 8; text = text[8..])
            hash = (BitOperations.RotateLeft(hash ^ Round(0, Word(text, 0)), 27) * Prime1) + Prime4;
        if (text.Length >= 4)
        {
            hash = (BitOperations.RotateLeft(hash ^ (BinaryPrimitives.ReadUInt32LittleEndian(text) * Prime1), 23) * Prime2) + Prime3;
            text = text[4..];
        }
        foreach (byte symbol in text)
            hash = BitOperations.RotateLeft(hash ^ (symbol * Prime5), 11) * Prime1;
        hash = (hash ^ (hash >> 33)) * Prime2;
        hash = (hash ^ (hash >> 29)) * Prime3;
        return hash ^ (hash >> 32);
    }

    /// <summary>Takes all blocks of 32 bytes off the text.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong OfBlocks(ref ReadOnlySpan<byte> text, ulong seed)
    {
        (ulong a, ulong b, ulong c, ulong d) = (seed + Prime1 + Prime2, seed + Prime2, seed, seed - Prime1);
        ReadOnlySpan<byte> rest = text;
        for (; rest.Length >= 32; rest = rest[32..])
        {
            a = Round(a, Word(rest, 0));
            b = Round(b, Word(rest, 8));
            c = Round(c, Word(rest, 16));
            d = Round(d, Word(rest, 24));
        }
        text = rest;
        ulong hash = BitOperations.RotateLeft(a, 1) + BitOperations.RotateLeft(b, 7) + BitOperations.RotateLeft(c, 12) + BitOperations.RotateLeft(d, 18);
        return Merge(Merge(Merge(Merge(hash, a), b), c), d);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Merge(ulong hash, ulong lane) => ((hash ^ Round(0, lane)) * Prime1) + Prime4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Round(ulong lane, ulong word) => BitOperations.RotateLeft(lane + (word * Prime2), 31) * Prime1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Word(ReadOnlySpan<byte> text, int start) => BinaryPrimitives.ReadUInt64LittleEndian(text[start..]);
}
