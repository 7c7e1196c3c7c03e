using System.Diagnostics;
using HpcAgent.Engine.Processes;

namespace HpcAgent.Engine.Hosts;

/// <summary>One script, sent to a program that passes it to a shell, and its answer. For one use.</summary>
internal sealed class Exchange
{
    // The answer is whole when its last mark was read. What is granted afterwards only completes the errors' text and the farewell of ssh.
    private static readonly TimeSpan FarewellTime = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LastWordsTime = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan KillTime = TimeSpan.FromSeconds(5);

    private readonly HostScript _script;
    private readonly WireText _text;
    private readonly AnswerCollector _collector;
    private readonly FrameReader _frame;
    private readonly TailBuffer _errors = new();
    private readonly Action? _onBegin;
    private readonly Func<bool> _endsWholeTree;
    private long _received;
    private Exception? _ownError;

    /// <summary>Creates the exchange.</summary>
    /// <param name="script">What to run.</param>
    /// <param name="onBegin">Called when the script begins.</param>
    /// <param name="endsWholeTree">Asked when the program must be ended early: true to end its descendants too.</param>
    public Exchange(HostScript script, Action? onBegin = null, Func<bool>? endsWholeTree = null)
    {
        (_script, _onBegin, _endsWholeTree) = (script, onBegin, endsWholeTree ?? (() => true));
        _text = WireText.Create(script.Text);
        _collector = new(script.AnswerLimit, script.Receive);
        _frame = new(_text.Boundary, _collector);
    }

    /// <summary>Runs the program to its end, or ends it.</summary>
    /// <param name="start">The program and its arguments, to which the command line for the shell is added.</param>
    /// <param name="cancellationToken">Ends the program.</param>
    /// <exception cref="System.ComponentModel.Win32Exception">The program cannot be started.</exception>
    public async Task<ExchangeResult> RunAsync(ProcessStartInfo start, CancellationToken cancellationToken)
    {
        start.ArgumentList.Add(_text.CommandLine);
        start.UseShellExecute = false;
        start.CreateNoWindow = true;
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        StartedPrograms.Report(start);
        cancellationToken.ThrowIfCancellationRequested();
        using var process = Process.Start(start)!;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var pipe = new PayloadPipe(process.StandardInput.BaseStream);
        var errors = ReadErrorsAsync(process.StandardError.BaseStream, stop.Token);
        var writing = WriteAsync(pipe, stop);
        var isInterrupted = false;
        try
        {
            await ReadOrEndAsync(ReadAsync(process.StandardOutput.BaseStream, stop), process, stop.Token).ConfigureAwait(false);
            await EndAsync(process, errors, stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            isInterrupted = true;
            await KillAsync(process, _endsWholeTree()).ConfigureAwait(false);
        }

        // Nobody waits for a payload that nobody reads.
        var isTextSent = pipe.Count >= _text.Bytes.Length;
        await stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAny(Task.WhenAll(writing, errors), Task.Delay(LastWordsTime, CancellationToken.None)).ConfigureAwait(false);
        return new()
        {
            HasBegun = _frame.HasBegun,
            ExitStatus = _frame.ExitStatus,
            Parts = _collector.Parts,
            IsTextSent = isTextSent,
            IsInterrupted = isInterrupted && _frame.ExitStatus is null,
            OwnError = _ownError,
            ProgramExitCode = process.HasExited ? process.ExitCode : null,
            ErrorText = _errors.Text,
            Preface = _frame.Preface.Trim(),
            BytesUp = pipe.Count,
            BytesDown = _received + _errors.TotalBytes,
        };
    }

    private async Task WriteAsync(PayloadPipe pipe, CancellationTokenSource stop)
    {
        try
        {
            await pipe.WriteAsync(_text.Bytes, stop.Token).ConfigureAwait(false);
            if (_script.Payload is { } payload)
                await Task.Run(() => payload(pipe, stop.Token), stop.Token).WaitAsync(stop.Token).ConfigureAwait(false);
            await pipe.CloseTargetAsync().ConfigureAwait(false);
        }
        catch (Exception) when (pipe.IsBroken || stop.IsCancellationRequested)
        {
            // The program reads no more; its answer says why.
        }
        catch (Exception error)
        {
            await FailAsync(error, stop).ConfigureAwait(false);
        }
    }

    private async Task ReadAsync(Stream output, CancellationTokenSource stop)
    {
        try
        {
            while (_frame.ExitStatus is null && await output.ReadAsync(_frame.Free, stop.Token).ConfigureAwait(false) is > 0 and var count)
            {
                Interlocked.Add(ref _received, count);
                var hadBegun = _frame.HasBegun;
                _frame.Advance(count);
                if (!hadBegun && _frame.HasBegun) _onBegin?.Invoke();
            }

            _frame.Complete();
        }
        catch (Exception error) when (error is not OperationCanceledException && !stop.IsCancellationRequested)
        {
            await FailAsync(error, stop).ConfigureAwait(false);
            throw new OperationCanceledException(stop.Token);
        }
    }

    // The output of a program that has ended may stay open in other hands; nobody waits for those.
    private async Task ReadOrEndAsync(Task reading, Process process, CancellationToken cancellationToken)
    {
        await Task.WhenAny(reading, process.WaitForExitAsync(cancellationToken)).ConfigureAwait(false);
        for (var before = -1L; !reading.IsCompleted && before != Interlocked.Read(ref _received);)
        {
            cancellationToken.ThrowIfCancellationRequested();
            before = Interlocked.Read(ref _received);
            await Task.WhenAny(reading, Task.Delay(FarewellTime, cancellationToken)).ConfigureAwait(false);
        }

        cancellationToken.ThrowIfCancellationRequested();
        if (reading.IsCompleted) await reading.ConfigureAwait(false);
    }

    private async Task ReadErrorsAsync(Stream stream, CancellationToken cancellationToken)
    {
        try
        {
            var buffer = new byte[4096];
            while (await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is > 0 and var count)
                _errors.Append(buffer.AsSpan(0, count));
        }
        catch (Exception error) when (error is OperationCanceledException or IOException or ObjectDisposedException)
        {
            // What was read is what there is.
        }
    }

    private async Task EndAsync(Process process, Task errors, CancellationToken cancellationToken)
    {
        if (_frame.ExitStatus is null)
        {
            await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
            await Task.WhenAny(errors, Task.Delay(LastWordsTime, cancellationToken)).ConfigureAwait(false);
            return;
        }

        var end = process.WaitForExitAsync(CancellationToken.None);
        if (await Task.WhenAny(end, Task.Delay(FarewellTime, CancellationToken.None)).ConfigureAwait(false) != end)
            await KillAsync(process, wholeTree: false).ConfigureAwait(false);
        await Task.WhenAny(errors, Task.Delay(LastWordsTime, CancellationToken.None)).ConfigureAwait(false);
    }

    private async Task FailAsync(Exception error, CancellationTokenSource stop)
    {
        Interlocked.CompareExchange(ref _ownError, error, null);
        await stop.CancelAsync().ConfigureAwait(false);
    }

    private static async Task KillAsync(Process process, bool wholeTree)
    {
        try
        {
            process.Kill(wholeTree);
        }
        catch (Exception error) when (error is InvalidOperationException or System.ComponentModel.Win32Exception or AggregateException)
        {
            // It has ended, or what is left of it is not ours to end.
        }

        await Task.WhenAny(process.WaitForExitAsync(CancellationToken.None), Task.Delay(KillTime, CancellationToken.None)).ConfigureAwait(false);
    }
}
