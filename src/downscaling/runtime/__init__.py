"""What every job needs: devices, its record, the digest of its code, resumption."""
