using System.IO.Compression;
using HpcAgent.Engine.Tasks;
using Microsoft.Win32.SafeHandles;

namespace HpcAgent.Engine.Aggregation;

/// <summary>The packed files of a run, open, cut into ranges of bytes that threads take one by one.</summary>
internal sealed class PackedFiles : IDisposable
{
    public const int RangeBytes = 1 << 18;

    private readonly List<PackedFile> _files = [];

    private PackedFiles()
    {
    }

    public List<PackedRange> Ranges { get; } = [];

    public static PackedFiles Open(IReadOnlyList<string> paths)
    {
        PackedFiles files = new();
        try
        {
            foreach (string path in paths)
                files.Append(path);
            return files;
        }
        catch
        {
            files.Dispose();
            throw;
        }
    }

    public string PathOf(int file) => _files[file].Path;

    public long LengthOf(int file) => _files[file].Length;

    /// <summary>Reads until the buffer is full or the file ends.</summary>
    public int Read(int file, Span<byte> buffer, long offset)
    {
        int length = 0;
        while (length < buffer.Length)
        {
            int read = RandomAccess.Read(_files[file].Handle, buffer[length..], offset + length);
            if (read == 0)
                break;
            length += read;
        }
        return length;
    }

    /// <summary>Puts path and line before each message, in one pass over the files that have problems.</summary>
    public void Locate(List<ResultProblem> problems)
    {
        problems.Sort(static (a, b) => (a.File, a.Offset).CompareTo((b.File, b.Offset)));
        byte[] buffer = new byte[problems.Count == 0 ? 0 : RangeBytes];
        (int file, long offset, long line) = (-1, 0, 1);
        for (int i = 0; i < problems.Count; i++)
        {
            ResultProblem problem = problems[i];
            if (problem.File != file)
                (file, offset, line) = (problem.File, 0, 1);
            while (offset < problem.Offset)
            {
                int read = Read(file, buffer.AsSpan(0, (int)Math.Min(RangeBytes, problem.Offset - offset)), offset);
                if (read == 0)
                    break;
                line += buffer.AsSpan(0, read).Count((byte)'\n');
                offset += read;
            }
            problems[i] = problem with { Message = $"{problem.Path}:{line}: {problem.Message}" };
        }
    }

    public void Dispose()
    {
        foreach (PackedFile file in _files)
            file.Handle.Dispose();
    }

    private void Append(string path)
    {
        try
        {
            SafeFileHandle handle = path.EndsWith(".gz", StringComparison.Ordinal)
                ? Unpacked(path)
                : File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            long length = RandomAccess.GetLength(handle);
            _files.Add(new PackedFile(path, handle, length));
            for (long start = 0; start < length; start += RangeBytes)
                Ranges.Add(new PackedRange(_files.Count - 1, start, Math.Min(start + RangeBytes, length)));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new HpcException(
                ErrorCode.OutputsMissing, $"The packed results {path} cannot be read: {exception.Message}",
                "Fetch the results again.", exception);
        }
    }

    // Ranges are read by their place, which gzip does not have. The copy goes with its handle.
    private static SafeFileHandle Unpacked(string path)
    {
        string copy = TemporaryFile.NewPath();
        SafeFileHandle handle = File.OpenHandle(copy, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Delete, FileOptions.DeleteOnClose);
        try
        {
            using FileStream packed = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using GZipStream content = new(packed, CompressionMode.Decompress);
            byte[] buffer = new byte[RangeBytes];
            long offset = 0;
            for (int read = content.Read(buffer); read > 0; read = content.Read(buffer))
            {
                RandomAccess.Write(handle, buffer.AsSpan(0, read), offset);
                offset += read;
            }
            // A cut at the end of a block looks to the decoder like an end; gzip's last four bytes are the length.
            if (packed.Length > 0 && offset % (1L << 32) != LengthOf(packed))
                throw new InvalidDataException("the gzip stream ends too early");
            return handle;
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    private sealed record PackedFile(string Path, SafeFileHandle Handle, long Length);

    private static long LengthOf(FileStream packed)
    {
        Span<byte> last = stackalloc byte[4];
        packed.Position = Math.Max(0, packed.Length - 4);
        packed.ReadExactly(last);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(last);
    }
}

/// <summary>A range owns the lines that start in it.</summary>
internal sealed record PackedRange(int File, long Start, long End);
