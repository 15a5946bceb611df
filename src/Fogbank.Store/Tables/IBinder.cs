namespace Fogbank.Store;

/// <summary>What a backend makes of each declaration.</summary>
internal interface IBinder<TResult>
{
    TResult Bind<T>(Table<T> table)
        where T : class;

    TResult Bind<T>(Outbox<T> outbox)
        where T : class;
}
