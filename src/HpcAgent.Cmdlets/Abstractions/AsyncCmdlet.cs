using System.Collections.Concurrent;
using System.Management.Automation;
using System.Runtime.ExceptionServices;

namespace HpcAgent.Cmdlets;

/// <summary>
/// A cmdlet whose work is asynchronous. PowerShell allows its methods only on the thread of the pipeline, so that the work sends them
/// there as actions; <see cref="Pump"/> runs these, and is the only place of the module that waits.
/// </summary>
public abstract class AsyncCmdlet : PSCmdlet, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private BlockingCollection<Action>? _calls;

    /// <summary>Cancelled when the user stops the pipeline, or when it ends early.</summary>
    protected CancellationToken StopToken => _stop.Token;

    /// <inheritdoc />
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc />
    protected override void StopProcessing() => _stop.Cancel();

    /// <summary>Frees what the cmdlet holds.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing) _stop.Dispose();
    }

    /// <summary>Waits for asynchronous work that touches no pipeline, such as that of a completer. Nothing else in the module waits.</summary>
    internal static T Await<T>(Func<Task<T>> work) => Task.Run(work).GetAwaiter().GetResult();

    /// <summary>Carries asynchronous work out, and on this thread what it sends to the pipeline.</summary>
    protected void Pump(Func<CancellationToken, Task> work)
    {
        using BlockingCollection<Action> calls = new(boundedCapacity: 128);
        _calls = calls;
        Task<bool> running = Task.Run(
            async () =>
            {
                try
                {
                    await work(StopToken);
                    return true;
                }
                finally
                {
                    calls.CompleteAdding();
                }
            },
            CancellationToken.None);
        ExceptionDispatchInfo? failure = Drain(calls);
        try
        {
            _ = Await(() => running);
        }
        catch (OperationCanceledException) when (failure is null && _stop.IsCancellationRequested)
        {
            throw new PipelineStoppedException();
        }
        catch (Exception) when (failure is not null)
        {
            // The pipeline's own exception wins.
        }
        finally
        {
            _calls = null;
        }
        failure?.Throw();
    }

    /// <summary>Runs a call on the thread of the pipeline and waits for its result.</summary>
    protected Task<T> OnPipelineAsync<T>(Func<T> call)
    {
        TaskCompletionSource<T> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() =>
        {
            try
            {
                _ = done.TrySetResult(call());
            }
            catch (Exception e)
            {
                _ = done.TrySetException(e);
                throw;
            }
        });
        return done.Task.WaitAsync(StopToken);
    }

    /// <summary>Runs a call on the thread of the pipeline and waits until it is done.</summary>
    protected Task OnPipelineAsync(Action call) => OnPipelineAsync(() =>
    {
        call();
        return true;
    });

    /// <summary>Writes an object and waits until the pipeline has taken it.</summary>
    protected Task WriteAsync(object? item) => OnPipelineAsync(() => WriteObject(item));

    /// <summary>Sends a call to the thread of the pipeline without waiting for it; when the pipeline is gone, nothing happens.</summary>
    protected void Post(Action call)
    {
        try
        {
            _calls?.Add(call, StopToken);
        }
        catch (Exception e) when (e is InvalidOperationException or OperationCanceledException)
        {
            // The work is over; what comes late has no reader.
        }
    }

    // After a failed call the rest is taken and dropped, so that the work can come to its end.
    private ExceptionDispatchInfo? Drain(BlockingCollection<Action> calls)
    {
        ExceptionDispatchInfo? failure = null;
        foreach (Action call in calls.GetConsumingEnumerable())
        {
            if (failure is not null) continue;
            try
            {
                call();
            }
            catch (Exception e)
            {
                failure = ExceptionDispatchInfo.Capture(e);
                _stop.Cancel();
            }
        }
        return failure;
    }
}
